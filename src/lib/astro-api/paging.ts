import {AstroError} from '../errors.js'
import {type Page} from './responses.js'

/** The largest page that the API returns. */
export const PAGE_SIZE = 1000

/** How often a list is read that changes meanwhile. */
const READS = 2

export interface PageOptions<T> {
  readonly keyOf: (item: T) => string
  /** Counts a page of a list with several: the first with the number of all pages, the others with 0. */
  readonly countPage: (known: number) => void
}

/** Reads each item of a list once. Reads an inconsistent list again, and throws `api` if it is still inconsistent. */
export async function fetchAll<T>(
  fetchPage: (offset: number) => Promise<Page<T>>,
  {countPage, keyOf}: PageOptions<T>,
): Promise<readonly T[]> {
  let reason = ''
  for (let reads = 1; reads <= READS; reads++) {
    const [first, ...others] = await fetchPages(fetchPage, countPage)
    const {totalCount} = first
    const found = [first, ...others].flatMap(({items}) => items)
    const items = [...new Map(found.map((item) => [keyOf(item), item])).values()]
    if (items.length === totalCount && others.every((page) => page.totalCount === totalCount)) return items
    reason = items.length === totalCount ? 'it keeps changing' : `${items.length} of ${totalCount} items were returned`
  }

  throw new AstroError('api', `The list is incomplete: ${reason}.`, {hint: 'Try again'})
}

async function fetchPages<T>(
  fetchPage: (offset: number) => Promise<Page<T>>,
  countPage: (known: number) => void,
): Promise<readonly [Page<T>, ...Page<T>[]]> {
  const first = await fetchPage(0)
  const size = first.limit || PAGE_SIZE
  const count = Math.ceil(first.totalCount / size)
  if (count <= 1) return [first]
  countPage(count)
  const fetchOther = async (_: unknown, index: number) => {
    const page = await fetchPage((index + 1) * size)
    countPage(0)
    return page
  }

  return [first, ...(await Promise.all(Array.from({length: count - 1}, fetchOther)))]
}
