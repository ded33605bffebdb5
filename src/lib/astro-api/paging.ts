import {AstroError} from '../errors.js'
import {type Page} from './responses.js'

/** The largest page that the API returns. */
export const PAGE_SIZE = 1000

/** A list with more pages is a mistake. */
const MOST_PAGES = 1000

/** How often a list is read that changes meanwhile. */
const READS = 2

export interface PageOptions<T> {
  readonly keyOf: (item: T) => string
  /** Counts a page of a list with several: the first with the number of all pages, the others with 0. */
  readonly countPage: (known: number) => void
}

/**
 * Reads all items of a list, each once: the first page, then the others concurrently. Reads the list again, once, if
 * the pages disagree about the number of items, or have another number of them.
 *
 * Throws `api` if the list is still incomplete.
 */
export async function fetchAll<T>(
  fetchPage: (offset: number) => Promise<Page<T>>,
  options: PageOptions<T>,
): Promise<readonly T[]> {
  let reason = ''
  for (let reads = 1; reads <= READS; reads++) {
    const pages = await fetchPages(fetchPage, options)
    const items = [...new Map(pages.flatMap((page) => page.items.map((item) => [options.keyOf(item), item]))).values()]
    const [{totalCount}] = pages
    if (items.length === totalCount && pages.every((page) => page.totalCount === totalCount)) return items
    reason = items.length === totalCount ? 'it keeps changing' : `${items.length} of ${totalCount} items were returned`
  }

  throw new AstroError('api', `The list is incomplete: ${reason}.`, {hint: 'Try again'})
}

async function fetchPages<T>(
  fetchPage: (offset: number) => Promise<Page<T>>,
  {countPage}: PageOptions<T>,
): Promise<readonly [Page<T>, ...Page<T>[]]> {
  const first = await fetchPage(0)
  const size = first.limit > 0 ? Math.min(first.limit, PAGE_SIZE) : PAGE_SIZE
  if (first.totalCount <= Math.max(size, first.items.length)) return [first]
  const count = Math.ceil(first.totalCount / size)
  if (count > MOST_PAGES) {
    throw new AstroError('api', `The list has ${count} pages of ${size} items, more than can be read.`)
  }

  countPage(count)
  const fetchOther = async (index: number) => {
    const page = await fetchPage((index + 1) * size)
    countPage(0)
    return page
  }

  return [first, ...(await Promise.all(Array.from({length: count - 1}, async (_, index) => fetchOther(index))))]
}
