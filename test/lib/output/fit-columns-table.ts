const WIDTHS = [25, 30, 40, 15, 20]

/** Widths of an ID, a name, a description, a time and a role; the columns available; and the widths that fit. */
type Case = readonly [title: string, from: readonly number[], available: number, to: readonly number[] | undefined]

export const FITTED: readonly Case[] = [
  ['leaves what fits', WIDTHS, 130, WIDTHS],
  ['narrows the description first', WIDTHS, 129, [25, 30, 39, 15, 20]],
  ['narrows it to ten columns', WIDTHS, 100, [25, 30, 10, 15, 20]],
  ['then narrows the widest of names and roles', WIDTHS, 95, [25, 25, 10, 15, 20]],
  ['then narrows names and roles alike', WIDTHS, 80, [25, 15, 10, 15, 15]],
  ['narrows each to ten columns', WIDTHS, 70, [25, 10, 10, 15, 10]],
  ['gives up below that', WIDTHS, 69, undefined],
  ['leaves columns that are narrower than ten', [25, 4, 9, 15, 20], 63, [25, 4, 9, 15, 10]],
  ['does not narrow those either', [25, 4, 9, 15, 20], 62, undefined],
]
