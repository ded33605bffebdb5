import {type ApiToken} from '../astro-api/responses.js'
import {AstroError, type ErrorDetails, hasKind} from '../errors.js'

const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"

/**
 * Whether a failed write may have arrived. False for a 4xx, except 408: a proxy may send that after it forwarded the
 * write.
 */
export function isOutcomeUnknown(error: AstroError): boolean {
  const {status} = error.details
  const isRejection = status !== undefined && status >= 400 && status < 500 && status !== 408
  return hasKind(error, 'api', 'network', 'timeout') && !isRejection
}

/** The error if the token cannot be read after a write with an unknown outcome. */
export function couldNotConfirm(error: AstroError, write: AstroError): AstroError {
  return withContext(
    error,
    'Could not confirm whether the roles were updated.',
    `${SEE_ROLES}. The update failed with: ${write.message}`,
  )
}

/** The error if the final read shows that no write arrived. */
export function notUpdated(token: ApiToken, error: AstroError): AstroError {
  return withContext(error, `The roles of ${tokenLabel(token)} do not show the update.`, `${SEE_ROLES}. Then try again`)
}

/** Puts what happened before into an error. Keeps a hint that says when to try again. */
export function withContext(error: AstroError, before: string, hint = SEE_ROLES): AstroError {
  const {details, kind, message} = error
  return new AstroError(kind, `${before} ${message}`, {...details, hint: details.retryAfterMs ? details.hint : hint})
}

export function onlyRole(tokenId: string): AstroError {
  return new AstroError(
    'conflict',
    'This would remove the last role of the token. A token must keep at least one role.',
    {hint: `To delete the token instead, use the Astro CLI: astro organization token delete ${tokenId}`},
  )
}

export function otherRoles(): AstroError {
  return new AstroError('conflict', 'Astro accepted the update, but the token has other roles now.')
}

export function lockLost(): AstroError {
  return new AstroError('conflict', 'Another process took over the lock on this token.')
}

/** The error if a read was too old to write from. */
export function readTooSlow(): AstroError {
  return new AstroError('timeout', 'The Astro API responded too slowly for --settle.', {
    hint: 'Nothing was written. Try again with a larger --settle',
  })
}

/** The error if another writer undid the change during every wait of `--settle`. */
export function undone(token: ApiToken): AstroError {
  return new AstroError('conflict', `Other writers keep undoing the change to ${tokenLabel(token)}.`, {
    hint: 'Make sure that every writer of this token uses --settle, then try again',
  })
}

/** The error if the change is there, but other roles changed during every wait of `--settle`. */
export function notSettled(token: ApiToken, isWritten: boolean): AstroError {
  const state = isWritten ? 'written and there' : 'there'
  return new AstroError(
    'timeout',
    `The change to ${tokenLabel(token)} is ${state}, but other writers keep changing this token.`,
    {hint: SEE_ROLES},
  )
}

/** The details of an error that suggests these; `otherwise` is the hint if there are none. */
export function suggestionOf<T extends {readonly id: string; readonly name: string}>(
  likely: readonly T[],
  labelOf: (item: T) => string,
  otherwise: string,
): Pick<ErrorDetails, 'candidates' | 'hint'> {
  const hint = likely.length > 0 ? `Did you mean ${likely.map((item) => labelOf(item)).join(' or ')}?` : otherwise
  return {candidates: likely.map(({id, name}) => ({id, name})), hint}
}

export function tokenLabel({id, name}: ApiToken): string {
  return `"${name}" (${id})`
}
