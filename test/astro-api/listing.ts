import type {Query} from './contract.js'
import type {ApiResponse} from './responses.js'

const defaultLimit = 20

function valuesOf(query: Query, key: string): string[] {
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

/** A copy with the oldest items first, if `sorts` asks for that. */
export function sorted<Item extends {createdAt?: string | undefined}>({sorts}: Query, items: readonly Item[]): Item[] {
  const timeOf = ({createdAt = ''}: Item) => createdAt
  return sorts === 'createdAt:asc' ? items.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)) : [...items]
}
