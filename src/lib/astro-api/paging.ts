import {AstroError} from '../errors.js'
import {type Page} from './responses.js'

/** The largest page that the API returns. */
export const PAGE_SIZE = 1000

/** A list with more pages is a mistake. */
const MOST_PAGES = 1000

/** How often a list that keeps changing is read. */
const READS = 3

export interface PageOptions<T> {
  readonly keyOf: (item: T) => string
  /**
   * Called for a list with several pages: with the number of all pages after the first page, and with 0 after the
   * others.
   */
  readonly onPage?: ((known: number) => void) | undefined
}

/**
 * Reads all items of a list, each once: the first page, then the others concurrently. If an item was created or deleted
 * between two pages, reads the list again, at most twice.
 *
 * Throws `api` if the list is incomplete or keeps changing.
 */
export async function fetchAll<T>(
  fetchPage: (offset: number) => Promise<Page<T>>,
  options: PageOptions<T>,
): Promise<readonly T[]> {
  let items: readonly T[] = []
  let totalCount = 0
  for (let reads = 1; reads <= READS; reads++) {
    const pages = await fetchPages(fetchPage, options)
    items = uniqueItems(pages, options)
    totalCount = pages[0].totalCount
    if (isConsistent(pages, options) && items.length >= totalCount) return items
  }

  const reason =
    items.length < totalCount
      ? `${items.length} of ${totalCount} items were returned`
      : `it changed during each of ${READS} reads`
  throw new AstroError('api', `The list is incomplete: ${reason}.`, {hint: 'Try again'})
}

type Pages<T> = readonly [Page<T>, ...Page<T>[]]

/**
 * Requests overlapping pages: each starts with the last item of the previous one, which shows whether they fit
 * together.
 */
async function fetchPages<T>(
  fetchPage: (offset: number) => Promise<Page<T>>,
  {onPage}: PageOptions<T>,
): Promise<Pages<T>> {
  const first = await fetchPage(0)
  const size = first.limit > 0 ? Math.min(first.limit, PAGE_SIZE) : PAGE_SIZE
  if (first.totalCount <= Math.max(size, first.items.length)) return [first]
  const stride = Math.max(1, size - 1)
  const others = Math.ceil((first.totalCount - size) / stride)
  if (others >= MOST_PAGES) {
    throw new AstroError('api', `The list has ${others + 1} pages of ${size} items, more than can be read.`)
  }

  onPage?.(others + 1)
  const fetchOther = async (index: number) => {
    const page = await fetchPage((index + 1) * stride)
    onPage?.(0)
    return page
  }

  return [first, ...(await Promise.all(Array.from({length: others}, async (_, index) => fetchOther(index))))]
}

function uniqueItems<T>(pages: Pages<T>, {keyOf}: PageOptions<T>): readonly T[] {
  if (pages.length === 1) return pages[0].items
  return [...new Map(pages.flatMap(({items}) => items.map((item) => [keyOf(item), item]))).values()]
}

/**
 * Whether the pages show the same state of the list. Comparing the totals is not enough. After a deletion and a
 * creation the totals are the same, but the items in between have moved to a page that was read before.
 */
function isConsistent<T>(pages: Pages<T>, {keyOf}: PageOptions<T>): boolean {
  const [{limit, totalCount}] = pages
  return pages.every((page, index) => {
    const last = pages[index - 1]?.items.at(-1)
    const [next] = page.items
    const isJoined = last !== undefined && next !== undefined && keyOf(last) === keyOf(next)
    // Pages of one item cannot overlap.
    return page.totalCount === totalCount && (index === 0 || isJoined || limit === 1)
  })
}
