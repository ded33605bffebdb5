import {type Client} from '../astro-api/client.js'
import {listOrganizations} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {type Credentials} from './credentials.js'

/**
 * The Organization that a command works in: the one that the credential names, then ASTRO_ORGANIZATION_ID, then the
 * only one that the credential belongs to, for which the API is asked. Throws `usage` when there are several,
 * `forbidden` when there is none, and where what is named is no ID, before anything is sent, `usage` for the variable
 * and `config` for the credential, which is a saved login then.
 */
export async function findOrganization(
  {organizationId}: Credentials,
  env: NodeJS.ProcessEnv,
  client: Client,
): Promise<string> {
  if (organizationId) return requireId(organizationId, 'The Organization of the saved login', 'config')
  const named = env.ASTRO_ORGANIZATION_ID?.trim()
  if (named) return requireId(named, 'ASTRO_ORGANIZATION_ID', 'usage')

  const organizations = await listOrganizations(client)
  const [only, ...others] = organizations
  if (!only) {
    throw new AstroError('forbidden', 'The credential belongs to no Organization.', {
      hint: 'Use a token or a login of the Organization',
    })
  }

  if (others.length === 0) return only.id
  throw new AstroError('usage', `Which Organization? The credential belongs to ${organizations.length}.`, {
    candidates: organizations.map(({id, name}) => ({id, name})),
    hint: `Set ASTRO_ORGANIZATION_ID to ${organizations.map(({id, name}) => `${id} (${name})`).join(' or ')}`,
  })
}

/** The ID as it is: of letters, digits, `_` and `-` alone, so that it is one part of a path whatever it says. */
function requireId(id: string, what: string, kind: 'config' | 'usage'): string {
  if (/^[\w-]+$/.test(id)) return id
  throw new AstroError(kind, `${what} is not an ID: ${JSON.stringify(id)}.`, {
    hint:
      kind === 'usage'
        ? 'Set ASTRO_ORGANIZATION_ID to the ID of an Organization: astro organization list'
        : 'Log in again: astro login',
  })
}
