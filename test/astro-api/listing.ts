import type {Query} from './contract.js'
import type {ApiResponse} from './responses.js'

const defaultLimit = 20

/** All values of a query parameter. */
export function valuesOf(query: Query, key: string): string[] {
  return [query[key] ?? []].flat()
}

/** The page that `offset` and `limit` select, with the items under this key. */
export function page(query: Query, key: string, items: readonly unknown[]): ApiResponse & {body: object} {
  const offset = Number(query.offset ?? 0)
  const limit = Number(query.limit ?? defaultLimit)
  return {status: 200, body: {[key]: items.slice(offset, offset + limit), limit, offset, totalCount: items.length}}
}

/** A filter for the items with one of the parameter's values. Without the parameter, it keeps all items. */
export function matchesQuery<Field extends string>(query: Query, key: string, field: Field) {
  const wanted = new Set(valuesOf(query, key))
  return (item: Readonly<Record<Field, string>>): boolean => wanted.size === 0 || wanted.has(item[field])
}

/** A copy in the order of `sorts`: the first of them, and the next ones for equal items. */
export function sorted<Item>(
  query: Query,
  items: readonly Item[],
  valueOf: (item: Item, field: string) => string,
): Item[] {
  const orders = valuesOf(query, 'sorts').map((sort) => sort.split(':'))
  return items.toSorted((left, right) => {
    for (const [field = '', direction] of orders) {
      const [low, high] = [valueOf(left, field), valueOf(right, field)]
      if (low !== high) return low < high === (direction === 'asc') ? -1 : 1
    }

    return 0
  })
}
