import {type Client} from '../astro-api/client.js'
import {listOrganizations} from '../astro-api/operations.js'
import {type Organization} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {type Credentials} from './credentials.js'
import {ASTRO_LOGIN} from './domain.js'

/**
 * Finds the Organization of the command: the one that the credential names, or ASTRO_ORGANIZATION_ID, or the only one
 * that the API lists for the credential.
 *
 * Throws `usage` if the API lists several (the one of the saved context comes first) or refuses to list them, as for some
 * API tokens, and `forbidden` if it lists none.
 * Before any request, throws `usage` if the variable is not an ID, and `config` if the saved login has something else.
 */
export async function findOrganization(
  {organizationId, savedOrganizationId}: Pick<Credentials, 'organizationId' | 'savedOrganizationId'>,
  env: NodeJS.ProcessEnv,
  client: Client,
): Promise<string> {
  if (organizationId) return requireId(organizationId, 'The Organization of the saved login', 'config')
  const named = env.ASTRO_ORGANIZATION_ID?.trim()
  if (named) return requireId(named, 'ASTRO_ORGANIZATION_ID', 'usage')

  const organizations = await listOrganizations(client).catch((error: unknown) => {
    throw hasKind(error, 'forbidden') ? unlisted(error) : error
  })
  const [only, ...others] = organizations
  if (!only) {
    throw new AstroError('forbidden', 'The credential belongs to no Organization.', {
      hint: 'Use a token or a login that belongs to the Organization',
    })
  }

  if (others.length === 0) return only.id
  throw severalOrganizations(organizations, savedOrganizationId?.())
}

function unlisted({details: {requestId, status}}: AstroError): AstroError {
  return new AstroError('usage', 'No Organization specified, and the credential may not list Organizations.', {
    hint: 'Set ASTRO_ORGANIZATION_ID to the ID of the Organization',
    requestId,
    status,
  })
}

function severalOrganizations(organizations: readonly Organization[], savedId: string | undefined): AstroError {
  const saved = organizations.filter(({id}) => id === savedId)
  const offered = [...saved, ...organizations.filter(({id}) => id !== savedId)]
  const named = offered.map(({id, name}) =>
    id === savedId ? `${id} (${name}, as in the saved context of the Astro CLI)` : `${id} (${name})`,
  )
  const message = `No Organization specified. The credential belongs to ${offered.length} Organizations.`
  return new AstroError('usage', message, {
    candidates: offered.map(({id, name}) => ({id, name})),
    hint: `Set ASTRO_ORGANIZATION_ID to ${named.join(' or ')}`,
  })
}

/**
 * Returns the ID. Throws unless it consists of letters, digits, `_` and `-`, because it becomes part of a URL's path.
 */
function requireId(id: string, what: string, kind: 'config' | 'usage'): string {
  if (/^[\w-]+$/.test(id)) return id
  throw new AstroError(kind, `${what} is not an ID: ${JSON.stringify(id)}.`, {
    hint:
      kind === 'usage'
        ? 'Set ASTRO_ORGANIZATION_ID to the ID of an Organization; list them with the Astro CLI: astro organization list'
        : `Log in again ${ASTRO_LOGIN}`,
  })
}
