import {type AstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'

/** A config file with a login of the emulator, and everything that a refresh must leave unchanged. */
export function configWith(
  {url}: AstroApi,
  {accessToken, expiresAt, refreshToken}: ReturnType<AstroApi['login']>,
): string {
  return `# my config
local: { core: "${url}/v1" } # the emulator
context: localhost

contexts:
    astronomer_io:
        token: Bearer another
        refreshtoken: another-refresh
        expiresin: "2020-01-01T00:00:00Z"
    localhost:
        domain: localhost
        expiresin: "${expiresAt.toISOString()}" # soon
        organization: ${ids.organization}
        refreshtoken: ${refreshToken}
        token: Bearer ${accessToken}
        new_key: { of: 'a later version' }
        workspace: ""
`
}
