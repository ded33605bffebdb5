export type Change = (ids: readonly string[]) => readonly string[]

export interface List {
  readonly ids: readonly string[]
  readonly limit: number
  /** The limit that the responses state. Default: `limit`. */
  readonly statedLimit?: number
  /** What changes before each page. */
  readonly changes?: readonly Change[]
}

export const namesOf = (count: number) => Array.from({length: count}, (_, index) => `item-${index}`)
export const same: Change = (ids) => ids
const rotate: Change = ([first = '', ...ids]) => [...ids, `${first}-`]
const swap: Change = ([a = '', b = '', c = '', d = '']) => [a, c, b, d]
const sixTimes = (change: Change) => Array.from({length: 6}, () => change)

const LETTERS = {ids: ['a', 'b', 'c', 'd'], limit: 3}
const CHANGED = 'it changed during each of 3 reads'

/** The offsets of the requests for a list, and its items or why it is incomplete. */
export const LISTS: readonly (readonly [
  title: string,
  list: List,
  offsets: readonly number[],
  result: readonly string[] | string,
])[] = [
  ['sends one request for an empty list', {ids: [], limit: 1000}, [0], []],
  ['sends one request for a full page', {ids: namesOf(1000), limit: 1000}, [0], namesOf(1000)],
  [
    'reads pages of 1,000 if the server omits its limit',
    {ids: namesOf(1001), limit: 1000, statedLimit: 0},
    [0, 999],
    namesOf(1001),
  ],
  [
    'reads pages of 1,000 if the stated limit is larger',
    {ids: namesOf(1001), limit: 1000, statedLimit: 5000},
    [0, 999],
    namesOf(1001),
  ],
  ['sends one request if the server ignores its limit', {...LETTERS, limit: 4, statedLimit: 2}, [0], LETTERS.ids],
  ['returns a single page as the server sent it', {ids: ['a', 'a'], limit: 2}, [0], ['a', 'a']],
  [
    'reads the list again after a deletion',
    {...LETTERS, changes: [same, (ids) => ids.slice(0, 3)]},
    [0, 2, 0],
    ['a', 'b', 'c'],
  ],
  [
    'reads the list again after a deletion and a creation',
    {...LETTERS, changes: [same, () => ['b', 'c', 'd', 'e']]},
    [0, 2, 0, 2],
    ['b', 'c', 'd', 'e'],
  ],
  ['reads the list again after an empty page', {...LETTERS, changes: [same, () => []]}, [0, 2, 0], []],
  ['fails after three changes', {...LETTERS, changes: sixTimes(rotate)}, [0, 2, 0, 2, 0, 2], CHANGED],
  ['fails after three moves', {...LETTERS, changes: sixTimes(swap)}, [0, 2, 0, 2, 0, 2], CHANGED],
  ['fails if items are missing', {ids: ['a', 'b', 'b'], limit: 2}, [0, 1, 0, 1, 0, 1], '2 of 3 items were returned'],
]
