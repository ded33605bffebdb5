import {expect} from 'chai'
import fc from 'fast-check'

import {type Page} from '../../../src/lib/astro-api/answers.js'
import {fetchAll, PAGE_SIZE} from '../../../src/lib/astro-api/paging.js'
import {AstroError} from '../../../src/lib/errors.js'
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
      expect(await fetchAll(fetchPage, {keyOf: itself})).to.deep.equal(names(count))
      expect(asked).to.deep.equal([0])
    })
  }

  it('asks for the pages after the first side by side, each from the last item of the one before', async () => {
    const {asked, fetchPage, inFlight} = server(names(4 * PAGE_SIZE), PAGE_SIZE)
    expect(await fetchAll(fetchPage, {keyOf: itself})).to.deep.equal(names(4 * PAGE_SIZE))
    expect(asked).to.deep.equal([0, 999, 1998, 2997, 3996])
    expect(inFlight.most).to.equal(4)
  })

  it('tells of each page as it came, and of how many it made known; of a single page nothing', async () => {
    const {fetchPage} = server(names(2500), PAGE_SIZE)
    const known: number[] = []
    await fetchAll(fetchPage, {keyOf: itself, onPage: (count) => known.push(count)})
    expect(known).to.deep.equal([3, 0, 0])
    await fetchAll(server(names(10), PAGE_SIZE).fetchPage, {keyOf: itself, onPage: (count) => known.push(count)})
    expect(known).to.have.length(3)
  })

  it('gives the whole list in its order, whatever its length and the server’s limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({max: 300}), fc.integer({min: 1, max: 100}), async (count, limit) => {
        const {asked, fetchPage} = server(names(count), limit)
        expect(await fetchAll(fetchPage, {keyOf: itself})).to.deep.equal(names(count))
        const pages = 1 + Math.max(0, Math.ceil((count - limit) / Math.max(1, limit - 1)))
        expect(asked).to.have.lengthOf(pages)
      }),
    )
  })

  it('takes pages of 1,000 where the server does not say its limit', async () => {
    const {asked, fetchPage} = server(names(PAGE_SIZE + 1), PAGE_SIZE)
    const all = await fetchAll(async (offset) => ({...(await fetchPage(offset)), limit: 0}), {keyOf: itself})
    expect(all).to.deep.equal(names(PAGE_SIZE + 1))
    expect(asked).to.deep.equal([0, PAGE_SIZE - 1])
  })

  it('does not step over items where a server claims a limit above the one that was asked for', async () => {
    const {asked, fetchPage} = server(names(PAGE_SIZE + 1), PAGE_SIZE)
    const all = await fetchAll(async (offset) => ({...(await fetchPage(offset)), limit: 5000}), {keyOf: itself})
    expect(all).to.have.lengthOf(PAGE_SIZE + 1)
    expect(asked).to.deep.equal([0, PAGE_SIZE - 1])
  })

  it('reads the list again when its pages disagree about the total', async () => {
    const list = changingServer(['a', 'b', 'c', 'd'], 3, [unchanged, (items) => items.slice(0, 3)])
    expect(await fetchAll(list.fetchPage, {keyOf: itself})).to.deep.equal(['a', 'b', 'c'])
    expect(list.asked).to.deep.equal([0, 2, 0])
  })

  it('reads the list again when an item was deleted and another one created', async () => {
    const list = changingServer(['a', 'b', 'c', 'd'], 3, [unchanged, () => ['b', 'c', 'd', 'e']])
    expect(await fetchAll(list.fetchPage, {keyOf: itself})).to.deep.equal(['b', 'c', 'd', 'e'])
    expect(list.asked).to.deep.equal([0, 2, 0, 2])
  })

  it('gives up on a list that changes during three reads', async () => {
    const list = changingServer(
      ['a', 'b', 'c', 'd'],
      3,
      Array.from({length: 6}, () => replaceFirst),
    )
    const failure = await failureOf(async () => fetchAll(list.fetchPage, {keyOf: itself}))
    expect(failure.kind).to.equal('api')
    expect(failure.message).to.equal('The list is incomplete: it changed during each of 3 reads.')
    expect(failure.details.hint).to.equal('Try again')
    expect(list.asked).to.deep.equal([0, 2, 0, 2, 0, 2])
  })

  it('refuses a list that has fewer items than its total, and says how many it has', async () => {
    const pages: Readonly<Record<number, Page<string>>> = {
      0: {items: ['a', 'b'], limit: 2, totalCount: 3},
      1: {items: ['b', 'a'], limit: 2, totalCount: 3},
    }
    const failure = await failureOf(async () => fetchAll(async (offset) => pageAt(pages, offset), {keyOf: itself}))
    expect(failure.kind).to.equal('api')
    expect(failure.message).to.equal('The list is incomplete: 2 of 3 items were returned.')
  })

  it('refuses an empty page of a list that has items', async () => {
    const failure = await failureOf(async () =>
      fetchAll(() => Promise.resolve({items: [], limit: 1000, totalCount: 7}), {keyOf: itself}),
    )
    expect(failure.kind).to.equal('api')
    expect(failure.message).to.equal('The list is incomplete: 0 of 7 items were returned.')
  })

  it('never loses an item silently that is there all the time, whatever changes between two pages', async () => {
    const change = fc.record({at: fc.nat({max: 40}), isDeletion: fc.boolean()})
    const changes = fc.array(fc.array(change, {maxLength: 4}), {maxLength: 20})
    await fc.assert(
      fc.asyncProperty(fc.nat({max: 30}), fc.integer({min: 2, max: 6}), changes, async (count, limit, steps) => {
        let created = 0
        const list = changingServer(
          names(count),
          limit,
          steps.map((step) => (items) => {
            const changed = [...items]
            for (const {at, isDeletion} of step) {
              if (isDeletion) changed.splice(at % (changed.length + 1), 1)
              else changed.splice(at % (changed.length + 1), 0, `new-${(created += 1)}`)
            }

            return changed
          }),
        )
        const read = await fetchAll(list.fetchPage, {keyOf: itself}).catch((error: unknown) => error)
        if (read instanceof AstroError) {
          expect(read.message).to.match(/^The list is incomplete/)
          return
        }

        const stayed = names(count).filter((name) => list.items().includes(name))
        expect(read).to.include.members(stayed)
        expect(new Set(read as string[]).size).to.equal((read as string[]).length)
      }),
      {numRuns: 2000},
    )
  })

  it('ends with the failure of a page', async () => {
    const failure = new Error('page 2')
    const {fetchPage} = server(names(4), 2)
    const outcome = await fetchAll(async (offset) => (offset === 2 ? Promise.reject(failure) : fetchPage(offset)), {
      keyOf: itself,
    }).catch((error: unknown) => error)
    expect(outcome).to.equal(failure)
  })
})

type Change = (items: readonly string[]) => readonly string[]

function unchanged(items: readonly string[]): readonly string[] {
  return items
}

function replaceFirst([first = '', ...items]: readonly string[]): readonly string[] {
  return [...items, `${first}-`]
}

/** A list that becomes another one just before each of its next pages. */
function changingServer(initial: readonly string[], limit: number, changes: readonly Change[]) {
  let items = initial
  const asked: number[] = []
  const fetchPage = async (offset: number): Promise<Page<string>> => {
    const change = changes[asked.length] ?? unchanged
    items = change(items)
    asked.push(offset)
    return {items: items.slice(offset, offset + limit), limit, totalCount: items.length}
  }

  return {asked, fetchPage, items: () => items}
}

async function pageAt(pages: Readonly<Record<number, Page<string>>>, offset: number): Promise<Page<string>> {
  const page = pages[offset]
  return page ? Promise.resolve(page) : Promise.reject(new RangeError(`No page starts at ${offset}.`))
}
