import {expect} from 'chai'
import fc from 'fast-check'

import {fetchAll} from '../../../src/lib/astro-api/paging.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'
import {type Change, type List, LISTS, namesOf, same} from './paging-table.js'

/** Reads a list that changes before each page. */
function world({changes = [], ids: initial, limit, statedLimit = limit}: List) {
  let ids = initial
  const offsets: number[] = []
  const known: number[] = []
  const inFlight = {now: 0, most: 0}
  const fetchPage = async (offset: number) => {
    ids = (changes[offsets.length] ?? same)(ids)
    const items = ids.slice(offset, offset + limit).map((id) => ({id}))
    const page = {items, limit: statedLimit, totalCount: ids.length}
    offsets.push(offset)
    inFlight.now += 1
    inFlight.most = Math.max(inFlight.most, inFlight.now)
    await Promise.resolve()
    inFlight.now -= 1
    return page
  }

  const options = {keyOf: ({id}: {id: string}) => id, onPage: (count: number) => known.push(count)}
  const read = async () => (await fetchAll(fetchPage, options)).map(({id}) => id)
  return {read, ids: () => ids, inFlight, known, offsets}
}

describe('fetchAll', () => {
  for (const [title, list, expectedOffsets, result] of LISTS) {
    it(title, async () => {
      const {known, offsets, read} = world(list)
      if (typeof result === 'string') {
        const error = {kind: 'api', message: `The list is incomplete: ${result}.`, details: {hint: 'Try again'}}
        expect(await failureOf(read)).to.deep.include(error)
      } else expect(await read()).to.deep.equal(result)
      expect(offsets).to.deep.equal(expectedOffsets)
      if (offsets.length === 1) expect(known).to.deep.equal([])
    })
  }

  it('requests the pages after the first at the same time, and reports each', async () => {
    const {inFlight, known, offsets, read} = world({ids: namesOf(4000), limit: 1000})
    expect(await read()).to.deep.equal(namesOf(4000))
    expect(offsets).to.deep.equal([0, 999, 1998, 2997, 3996])
    expect(inFlight.most).to.equal(4)
    expect(known).to.deep.equal([5, 0, 0, 0, 0])
  })

  it('reads up to 1,000 pages', async () => {
    expect(await world({ids: namesOf(1001), limit: 2}).read()).to.deep.equal(namesOf(1001))
    const {offsets, read} = world({ids: namesOf(1002), limit: 2})
    const message = 'The list has 1001 pages of 2 items, more than can be read.'
    expect(await failureOf(read)).to.include({kind: 'api', message})
    expect(offsets).to.deep.equal([0])
  })

  it('returns the whole list in order for any length and limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({max: 100}), fc.integer({min: 1, max: 30}), async (count, limit) => {
        const {offsets, read} = world({ids: namesOf(count), limit})
        expect(await read()).to.deep.equal(namesOf(count))
        const others = Math.ceil((count - limit) / Math.max(1, limit - 1))
        expect(offsets).to.have.lengthOf(1 + Math.max(0, others))
      }),
    )
  })

  it('loses no item that stays, and repeats none, whatever changes between two pages', async () => {
    const edit = fc.record({at: fc.nat({max: 40}), isDeletion: fc.boolean(), id: fc.nat({max: 99}).map(String)})
    const change = fc.array(edit, {maxLength: 4}).map((edits): Change => (ids) => {
      const changed = [...ids]
      for (const {at, id, isDeletion} of edits) {
        if (isDeletion) changed.splice(at % (changed.length + 1), 1)
        else if (!changed.includes(id)) changed.splice(at % (changed.length + 1), 0, id)
      }

      return changed
    })
    const list = fc.record({
      ids: fc.nat({max: 30}).map((count) => namesOf(count)),
      limit: fc.integer({min: 2, max: 6}),
      changes: fc.oneof({arbitrary: fc.array(change, {maxLength: 20}), weight: 4}, fc.constant([])),
    })
    const property = fc.asyncProperty(list, async (each) => {
      const {ids, read} = world(each)
      const result = await read().catch((error: unknown) => error)
      if (each.changes.length === 0) expect(result).to.deep.equal(each.ids)
      else if (result instanceof AstroError) expect(result.message).to.match(/^The list is incomplete/)
      else {
        expect(result).to.include.members(each.ids.filter((id) => ids().includes(id)))
        expect(new Set(result as string[])).to.have.property('size', (result as string[]).length)
      }
    })
    await fc.assert(property, {numRuns: 300})
  })
})
