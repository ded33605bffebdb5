import {listOrganizations} from '../astro-api/astro-api.js'
import {type Client} from '../astro-api/client.js'
import {AstroError} from '../errors.js'
import {type Credentials} from './credentials.js'

/**
 * The Organization that a command works in: the one that the credential names, then ASTRO_ORGANIZATION_ID, then the
 * only one that the credential belongs to, for which the API is asked. Throws `usage` when there are several, and
 * `forbidden` when there is none.
 */
export async function findOrganization(
  {organizationId}: Credentials,
  env: NodeJS.ProcessEnv,
  client: Client,
): Promise<string> {
  const named = organizationId ?? env.ASTRO_ORGANIZATION_ID?.trim()
  if (named) return named

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
