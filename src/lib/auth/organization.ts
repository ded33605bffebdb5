import {type Client} from '../astro-api/client.js'
import {listOrganizations} from '../astro-api/operations.js'
import {type Organization} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {type Credentials} from './credentials.js'

/** Uses the credential's Organization, ASTRO_ORGANIZATION_ID or the only one listed. Throws `usage` or `forbidden`. */
export async function findOrganization(
  {organizationId, savedOrganizationId}: Pick<Credentials, 'organizationId' | 'savedOrganizationId'>,
  env: NodeJS.ProcessEnv,
  client: Client,
): Promise<string> {
  if (organizationId) return organizationId
  const named = env.ASTRO_ORGANIZATION_ID?.trim()
  if (named && /^[\w-]+$/.test(named)) return named
  if (named) {
    throw new AstroError('usage', `ASTRO_ORGANIZATION_ID is not an ID: ${JSON.stringify(named)}.`, {
      hint: 'Set ASTRO_ORGANIZATION_ID to the ID of an Organization; list them with the Astro CLI: astro organization list',
    })
  }

  const organizations = await listOrganizations(client).catch((error: unknown) => {
    throw hasKind(error, 'forbidden') ? unlisted(error) : error
  })
  const [only, ...others] = organizations
  if (only && others.length === 0) return only.id
  if (only) throw severalOrganizations(organizations, savedOrganizationId?.())
  throw new AstroError('forbidden', 'The credential belongs to no Organization.', {
    hint: 'Use a token or a login that belongs to the Organization',
  })
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
