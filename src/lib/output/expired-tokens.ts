import {type ApiToken} from '../astro-api/responses.js'
import {EXPIRES} from './columns.js'
import {safeText} from './safe-text.js'
import {expiryOf, isPast} from './time-ago.js'
import {type View} from './view.js'

/** The most expired tokens that the line names. */
const MOST_NAMED = 5

/**
 * A line that names the expired tokens in a table without the column EXPIRES; undefined if there are none. Only for a
 * terminal, because a program that reads rows can select that column.
 */
export function expiredTokensLine<T extends {readonly token: ApiToken}>(
  items: readonly T[],
  {columns, isCsv}: Pick<View<T>, 'columns' | 'isCsv'>,
  now: Date,
): string | undefined {
  if (isCsv || columns.some(({key}) => key === EXPIRES.key)) return undefined
  const tokens = new Map(items.map(({token}) => [token.id, token]))
  const expired = [...tokens.values()].filter(({endAt}) => isPast(endAt, now))
  const [first] = expired
  if (!first) return undefined
  if (expired.length === 1) return `The token ${nameOf(first)} ${expiryOf(first.endAt, now)}.`
  const names = expired.slice(0, MOST_NAMED).map((token) => nameOf(token))
  const summary = `${expired.length} tokens have expired: ${names.join(', ')}`
  const others = expired.length - names.length
  if (others === 0) return `${summary}.`
  return `${summary} and ${others} more. See all: --columns id,name,expires --sort expires`
}

function nameOf({id, name}: ApiToken): string {
  return safeText(`${name} (${id})`)
}
