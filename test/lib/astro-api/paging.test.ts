import {expect} from 'chai'
import fc from 'fast-check'

import {type Page} from '../../../src/lib/astro-api/answers.js'
import {fetchAll, PAGE_SIZE} from '../../../src/lib/astro-api/paging.js'
import {failureOf} from '../support.js'

const itself = (item: string) => item
const names = (count: number) => Array.from({length: count}, (_, index) => `item-${index}`)

/** A list on a server that gives at most `limit` at once; it keeps account of what it is asked. */
function server(items: readonly string[], limit: number) {
  const asked: number[] = []
  const inFlight = {now: 0, most: 0}
  const fetchPage = async (offset: number): Promise<Page<string>> => {
    asked.push(offset)
    inFlight.now += 1
    inFlight.most = Math.max(inFlight.most, inFlight.now)
    await Promise.resolve()
    inFlight.now -= 1
    return {items: items.slice(offset, offset + limit), limit, totalCount: items.length}
  }

  return {asked, inFlight, fetchPage}
}

describe('fetchAll', () => {
  for (const count of [0, 1, PAGE_SIZE]) {
    it(`asks once for a list of ${count}, which one page holds`, async () => {
      const {asked, fetchPage} = server(names(count), PAGE_SIZE)
      expect(await fetchAll(fetchPage, itself)).to.deep.equal(names(count))
      expect(asked).to.deep.equal([0])
    })
  }

  it('asks for the pages after the first side by side', async () => {
    const {asked, fetchPage, inFlight} = server(names(4 * PAGE_SIZE + 1), PAGE_SIZE)
    expect(await fetchAll(fetchPage, itself)).to.deep.equal(names(4 * PAGE_SIZE + 1))
    expect(asked).to.deep.equal([0, 1000, 2000, 3000, 4000])
    expect(inFlight.most).to.equal(4)
  })

  it('tells of each page as it came, and of how many it made known; of a single page nothing', async () => {
    const {fetchPage} = server(names(2500), PAGE_SIZE)
    const known: number[] = []
    await fetchAll(fetchPage, itself, (count) => known.push(count))
    expect(known).to.deep.equal([3, 0, 0])
    await fetchAll(server(names(10), PAGE_SIZE).fetchPage, itself, (count) => known.push(count))
    expect(known).to.have.length(3)
  })

  it('gives the whole list in its order, whatever its length and the server’s limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({max: 300}), fc.integer({min: 1, max: 100}), async (count, limit) => {
        const {asked, fetchPage} = server(names(count), limit)
        expect(await fetchAll(fetchPage, itself)).to.deep.equal(names(count))
        expect(asked).to.have.lengthOf(Math.max(1, Math.ceil(count / limit)))
      }),
    )
  })

  it('takes pages of 1,000 where the server does not say its limit', async () => {
    const {asked, fetchPage} = server(names(PAGE_SIZE + 1), PAGE_SIZE)
    const all = await fetchAll(async (offset) => ({...(await fetchPage(offset)), limit: 0}), itself)
    expect(all).to.deep.equal(names(PAGE_SIZE + 1))
    expect(asked).to.deep.equal([0, PAGE_SIZE])
  })

  it('does not step over items where a server claims a limit above the one that was asked for', async () => {
    const {asked, fetchPage} = server(names(PAGE_SIZE + 1), PAGE_SIZE)
    const all = await fetchAll(async (offset) => ({...(await fetchPage(offset)), limit: 5000}), itself)
    expect(all).to.have.lengthOf(PAGE_SIZE + 1)
    expect(asked).to.deep.equal([0, PAGE_SIZE])
  })

  it('counts an item that two pages show once', async () => {
    const pages: Readonly<Record<number, Page<string>>> = {
      0: {items: ['a', 'b'], limit: 2, totalCount: 4},
      2: {items: ['b', 'c'], limit: 2, totalCount: 3},
    }
    expect(await fetchAll(async (offset) => pageAt(pages, offset), itself)).to.deep.equal(['a', 'b', 'c'])
  })

  it('does not miss an item that was deleted while the pages came', async () => {
    const pages: Readonly<Record<number, Page<string>>> = {
      0: {items: ['a', 'b'], limit: 2, totalCount: 3},
      2: {items: [], limit: 2, totalCount: 2},
    }
    expect(await fetchAll(async (offset) => pageAt(pages, offset), itself)).to.deep.equal(['a', 'b'])
  })

  it('refuses a list that is not whole, and says how much of it came', async () => {
    const pages: Readonly<Record<number, Page<string>>> = {
      0: {items: ['a', 'b'], limit: 2, totalCount: 4},
      2: {items: ['b'], limit: 2, totalCount: 4},
    }
    const failure = await failureOf(async () => fetchAll(async (offset) => pageAt(pages, offset), itself))
    expect(failure.kind).to.equal('api')
    expect(failure.message).to.contain('2 of 4')
  })

  it('refuses an empty page of a list that has items', async () => {
    const failure = await failureOf(async () =>
      fetchAll(() => Promise.resolve({items: [], limit: 1000, totalCount: 7}), itself),
    )
    expect(failure.kind).to.equal('api')
    expect(failure.message).to.contain('0 of 7')
  })

  it('ends with the failure of a page', async () => {
    const failure = new Error('page 2')
    const {fetchPage} = server(names(4), 2)
    const outcome = await fetchAll(
      async (offset) => (offset === 2 ? Promise.reject(failure) : fetchPage(offset)),
      itself,
    ).catch((error: unknown) => error)
    expect(outcome).to.equal(failure)
  })
})

async function pageAt(pages: Readonly<Record<number, Page<string>>>, offset: number): Promise<Page<string>> {
  const page = pages[offset]
  return page ? Promise.resolve(page) : Promise.reject(new RangeError(`No page starts at ${offset}.`))
}
