import {expect} from 'chai'
import fc from 'fast-check'

import {fetchAll} from '../../../src/lib/astro-api/paging.js'
import {failureOf} from '../support.js'

/** Reads a list of names, which is the next of `versions` at each request; the last one stays. */
function world(versions: readonly string[], limit: number) {
  const offsets: number[] = []
  const counts: number[] = []
  const fetchPage = async (offset: number) => {
    const ids = (versions[offsets.push(offset) - 1] ?? versions.at(-1) ?? '').split(' ').filter(Boolean)
    return {items: ids.slice(offset, offset + limit).map((id) => ({id})), limit, totalCount: ids.length}
  }

  const options = {keyOf: ({id}: {id: string}) => id, countPage: (count: number) => counts.push(count)}
  return {read: async () => (await fetchAll(fetchPage, options)).map(({id}) => id).join(' '), counts, offsets}
}

const namesOf = (count: number) => Array.from({length: count}, (_, index) => `item-${index}`).join(' ')

describe('fetchAll', () => {
  it('returns the whole list in order for any length and limit, and counts its pages', async () => {
    const property = fc.asyncProperty(fc.nat({max: 100}), fc.integer({min: 1, max: 30}), async (length, limit) => {
      const {counts, offsets, read} = world([namesOf(length)], limit)
      const pages = Math.max(1, Math.ceil(length / limit))
      expect(await read()).to.equal(namesOf(length))
      expect(offsets).to.deep.equal(Array.from({length: pages}, (_, index) => index * limit))
      expect(counts).to.deep.equal(pages === 1 ? [] : offsets.map((offset) => (offset === 0 ? pages : 0)))
    })
    await fc.assert(property)
  })

  it('reads the list again if it changed meanwhile', async () => {
    const {offsets, read} = world(['a b c d', 'b c d a', 'a b c d'], 3)
    expect(await read()).to.equal('a b c d')
    expect(offsets).to.deep.equal([0, 3, 0, 3])
  })

  for (const {reason, versions} of [
    {reason: 'it keeps changing', versions: ['a b c d', 'x b c d a', 'a b c d', 'x b c d a']},
    {reason: '3 of 4 items were returned', versions: ['a b c d', 'b c d a', 'a b c d', 'b c d a']},
  ]) {
    it(`fails after two reads because ${reason}`, async () => {
      const {offsets, read} = world(versions, 3)
      const error = {kind: 'api', message: `The list is incomplete: ${reason}.`, details: {hint: 'Try again'}}
      expect(await failureOf(read)).to.deep.include(error)
      expect(offsets).to.have.length(4)
    })
  }
})
