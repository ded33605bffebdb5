const defaultLimit = 20

interface Page {
  limit: number
  offset: number
  totalCount: number
}

/** The part of a list that `offset` and `limit` ask for, under its own key. */
export function page(query: URLSearchParams, key: string, items: readonly unknown[]): {status: 200; body: Page} {
  const offset = Number(query.get('offset') ?? 0)
  const limit = Number(query.get('limit') ?? defaultLimit)
  const body = {[key]: items.slice(offset, offset + limit), limit, offset, totalCount: items.length}
  return {status: 200, body}
}

/** Keeps what has one of the values; with no values, everything. */
export function byOneOf<Item>(values: readonly string[], valueOf: (item: Item) => string): (item: Item) => boolean {
  const wanted = new Set(values)
  return (item) => wanted.size === 0 || wanted.has(valueOf(item))
}

/**
 * A sorted copy: the first of `sorts` decides, the next ones where it finds no difference. Each is
 * `field:asc` or `field:desc`.
 */
export function sorted<Item>(
  items: readonly Item[],
  sorts: readonly string[],
  valueOf: (item: Item, field: string) => string,
): Item[] {
  const orders = sorts.map((sort) => sort.split(':'))
  return items.toSorted((left, right) => {
    for (const [field = '', direction] of orders) {
      const [low, high] = [valueOf(left, field), valueOf(right, field)]
      if (low !== high) return low < high === (direction === 'asc') ? -1 : 1
    }

    return 0
  })
}
