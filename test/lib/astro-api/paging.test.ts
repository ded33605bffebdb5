import {expect} from 'chai'
import fc from 'fast-check'

import {fetchAll} from '../../../src/lib/astro-api/paging.js'
import {failureOf} from '../support.js'

interface List {
  readonly ids: readonly string[]
  readonly limit: number
  /** The limit that the pages state. Default: `limit`. */
  readonly statedLimit?: number
  /** The list before each request after the first. Default: `ids`. */
  readonly changes?: readonly (readonly string[])[]
}

const namesOf = (count: number) => Array.from({length: count}, (_, index) => `item-${index}`)

/** Reads the list. Keeps the offsets of the requests and what `countPage` was told. */
function world({changes = [], ids, limit, statedLimit = limit}: List) {
  const offsets: number[] = []
  const known: number[] = []
  const fetchPage = async (offset: number) => {
    const now = changes[offsets.push(offset) - 2] ?? ids
    const items = now.slice(offset, offset + limit).map((id) => ({id}))
    return {items, limit: statedLimit, totalCount: now.length}
  }

  const options = {keyOf: ({id}: {id: string}) => id, countPage: (count: number) => known.push(count)}
  return {read: async () => (await fetchAll(fetchPage, options)).map(({id}) => id), known, offsets}
}

const LETTERS = {ids: ['a', 'b', 'c', 'd'], limit: 3}
const MOVED = ['b', 'c', 'd', 'a']
const GROWN = ['x', 'b', 'c', 'd', 'a']

describe('fetchAll', () => {
  const complete: readonly (List & {title: string; offsets: readonly number[]; items?: readonly string[]})[] = [
    {title: 'sends one request for an empty list', ids: [], limit: 1000, offsets: [0]},
    {title: 'sends one request for a full page', ids: namesOf(1000), limit: 1000, offsets: [0]},
    {title: 'takes 1,000 for an absent limit', ids: namesOf(1001), limit: 1000, statedLimit: 0, offsets: [0, 1000]},
    {
      title: 'reads the list again after a deletion',
      ...LETTERS,
      changes: [
        ['a', 'b', 'c'],
        ['a', 'c', 'd'],
      ],
      offsets: [0, 3, 0],
      items: ['a', 'c', 'd'],
    },
    {title: 'reads the list again after a move', ...LETTERS, changes: [MOVED], offsets: [0, 3, 0, 3]},
    {title: 'reads the list again if the totals disagree', ...LETTERS, changes: [GROWN], offsets: [0, 3, 0, 3]},
  ]
  for (const {items, offsets: expected, title, ...list} of complete) {
    it(title, async () => {
      const {known, offsets, read} = world(list)
      expect(await read()).to.deep.equal(items ?? list.ids)
      expect(offsets).to.deep.equal(expected)
      if (offsets.length === 1) expect(known).to.deep.equal([])
    })
  }

  it('reports the number of pages, then each other page', async () => {
    const {known, offsets, read} = world({ids: namesOf(4001), limit: 1000})
    expect(await read()).to.deep.equal(namesOf(4001))
    expect(offsets).to.deep.equal([0, 1000, 2000, 3000, 4000])
    expect(known).to.deep.equal([5, 0, 0, 0, 0])
  })

  for (const [list, reason] of [
    [{...LETTERS, changes: [GROWN, LETTERS.ids, GROWN]}, 'it keeps changing'],
    [{...LETTERS, changes: [MOVED, LETTERS.ids, MOVED]}, '3 of 4 items were returned'],
    [{ids: ['a', 'b', 'b'], limit: 2}, '2 of 3 items were returned'],
  ] as const) {
    it(`fails after two reads because ${reason}`, async () => {
      const {offsets, read} = world(list)
      const error = {kind: 'api', message: `The list is incomplete: ${reason}.`, details: {hint: 'Try again'}}
      expect(await failureOf(read)).to.deep.include(error)
      expect(offsets).to.have.length(4)
    })
  }

  it('returns the whole list in order for any length and limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({max: 100}), fc.integer({min: 1, max: 30}), async (count, limit) => {
        const {offsets, read} = world({ids: namesOf(count), limit})
        expect(await read()).to.deep.equal(namesOf(count))
        expect(offsets).to.have.lengthOf(Math.max(1, Math.ceil(count / limit)))
      }),
    )
  })
})
