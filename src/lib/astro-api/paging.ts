import {AstroError} from '../errors.js'
import {type Page} from './answers.js'

/** The most that the API gives at once. */
export const PAGE_SIZE = 1000

/** More pages than this are no list but a mistake. */
const MOST_PAGES = 1000

/** How many times a list is read that keeps changing. */
const READS = 3

export interface PageOptions<T> {
  readonly keyOf: (item: T) => string
  /** Called after each page of a list of several, with how many pages it made known: all of them, then none. */
  readonly onPage?: ((known: number) => void) | undefined
}

/**
 * All items of a list, each once: the first page, then the others side by side. If something was created or deleted
 * between two pages, the list is read again, twice at most.
 *
 * Throws `api` for a list that is incomplete or that keeps changing.
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

/** Each page starts with the last item of the one before, which shows whether they belong together. */
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
 * Whether the pages show one list. The totals alone do not tell: after a deletion and a creation they are the same, but
 * the items in between have moved to a page that was read before.
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
