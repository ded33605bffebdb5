import {type ApiToken} from '../astro-api/responses.js'
import {AstroError, type ErrorDetails} from '../errors.js'

export const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"

/** Puts what happened before into an error. Keeps a hint that says when to try again. */
export function withContext(error: AstroError, before: string, hint = SEE_ROLES): AstroError {
  const {details, kind, message} = error
  return new AstroError(kind, `${before} ${message}`, {...details, hint: details.retryAfterMs ? details.hint : hint})
}

interface Search<T> {
  readonly wanted: string
  /** Whether an ID was wanted; otherwise a name. */
  readonly isId: boolean
  readonly items: readonly T[]
  /** The hint if no item is close. */
  readonly otherwise: string
}

/** The `not_found` error for an unknown ID or name, with the closest items; `details` are those of its cause. */
export async function notFound<T extends {readonly id: string; readonly name: string}>(
  message: string,
  {isId, items, otherwise, wanted}: Search<T>,
  details?: ErrorDetails,
): Promise<AstroError> {
  const {closest} = await import('../closest.js')
  const likely = closest(wanted, items, ({id, name}) => (isId ? [id, name] : [name]))
  const labels = likely.map((item) => (isId ? `${item.id} (${item.name})` : tokenLabel(item)))
  return new AstroError('not_found', message, {
    ...details,
    candidates: likely.map(({id, name}) => ({id, name})),
    hint: likely.length > 0 ? `Did you mean ${labels.join(' or ')}?` : otherwise,
  })
}

export function tokenLabel({id, name}: Pick<ApiToken, 'id' | 'name'>): string {
  return `"${name}" (${id})`
}
