import {type ApiToken} from '../astro-api/answers.js'
import {AstroError, hasKind} from '../errors.js'

/** What can go wrong with a write, as errors. */

/** The hint after a write whose result the user should look at. */
export const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"

/** Whether a write may have arrived though it failed: all but a 4xx, of which 408 may come from a proxy that passed it on. */
export function isOutcomeUnknown(error: AstroError): boolean {
  const {status} = error.details
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 408
  return hasKind(error, 'api', 'network', 'timeout') && !isRefusal
}

/** The error when the token cannot be read after a write whose outcome is unknown. */
export function couldNotConfirm(error: AstroError, write: AstroError): AstroError {
  return new AstroError(error.kind, `Could not confirm whether the roles were updated. ${error.message}`, {
    ...error.details,
    hint: error.details.retryAfterMs ? error.details.hint : `${SEE_ROLES}. The update failed with: ${write.message}`,
  })
}

/** The error when a final look shows that no write arrived. */
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

/** The error when no read was young enough to write from, see `--settle`. */
export function readsTooSlow(): AstroError {
  return new AstroError('timeout', 'The Astro API responded too slowly for --settle.', {
    hint: 'Nothing was written. Try again with a larger --settle',
  })
}
