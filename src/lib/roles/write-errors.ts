import {type ApiToken} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'

/** The hint after a write whose result the user should check. */
export const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"

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
  return new AstroError(error.kind, `Could not confirm whether the roles were updated. ${error.message}`, {
    ...error.details,
    hint: error.details.retryAfterMs ? error.details.hint : `${SEE_ROLES}. The update failed with: ${write.message}`,
  })
}

/** The error if the final read shows that no write arrived. */
export function notUpdated({id, name}: ApiToken, {details, kind, message}: AstroError): AstroError {
  return new AstroError(kind, `The roles of "${name}" (${id}) do not show the update. ${message}`, {
    ...details,
    hint: details.retryAfterMs ? details.hint : `${SEE_ROLES}. Then try again`,
  })
}

export function onlyRole(tokenId: string): AstroError {
  return new AstroError(
    'conflict',
    'This would remove the last role of the token. A token must keep at least one role.',
    {
      hint: `To delete the token instead, use the Astro CLI: astro organization token delete ${tokenId}`,
    },
  )
}

export function otherRoles(): AstroError {
  return new AstroError('conflict', 'Astro accepted the update, but the token has other roles now.')
}

export function lockLost(): AstroError {
  return new AstroError('conflict', 'Another process took over the lock on this token.')
}

/** The error if every read was too old to write from; see `maxReadAgeMs`. */
export function readsTooSlow(): AstroError {
  return new AstroError('timeout', 'The Astro API responded too slowly for --settle.', {
    hint: 'Nothing was written. Try again with a larger --settle',
  })
}
