import {AstroError} from '../errors.js'
import {type Page} from './answers.js'

/** The most that the API gives at once. */
export const PAGE_SIZE = 1000

/** More pages than this are no list but a mistake. */
const MOST_PAGES = 1000

/**
 * All items of a list: the first page, then the others side by side. An item that two pages show, because something
 * before it was deleted meanwhile, counts once. Throws `api` when fewer came than every page said there are. `onPage` is
 * called as each page of a list of several came, with how many pages it made known: all of them, then none.
 */
export async function fetchAll<T>(
  fetchPage: (offset: number) => Promise<Page<T>>,
  keyOf: (item: T) => string,
  onPage?: (known: number) => void,
): Promise<readonly T[]> {
  const first = await fetchPage(0)
  if (first.items.length >= first.totalCount) return first.items

  const size = first.limit > 0 ? Math.min(first.limit, PAGE_SIZE) : PAGE_SIZE
  const count = Math.ceil(first.totalCount / size)
  if (count > MOST_PAGES)
    throw new AstroError('api', `The Astro API wants ${count} pages to be asked for; that is too many.`)
  onPage?.(count)
  const offsets = Array.from({length: count - 1}, (_, index) => (index + 1) * size)
  const fetchOther = async (offset: number) => {
    const page = await fetchPage(offset)
    onPage?.(0)
    return page
  }

  const pages = [first, ...(await Promise.all(offsets.map(async (offset) => fetchOther(offset))))]
  const items = new Map(pages.flatMap((page) => page.items.map((item) => [keyOf(item), item])))
  const promised = Math.min(...pages.map((page) => page.totalCount))
  if (items.size >= promised) return [...items.values()]

  throw new AstroError('api', `The Astro API's list is not whole: ${items.size} of ${promised} came.`, {
    hint: 'Try again',
  })
}
