import {bigWorld, bigWorldId} from '../../test/astro-api/big-world.js'
import {type AstroApi, startAstroApi} from '../../test/astro-api/server.js'
import {ids} from '../../test/astro-api/world.js'
import {type Env, homeFor, newFolder} from '../../test/support/run-cli.js'

const TOKENS = 20
/** The token for `add`. All other tokens already have a role on the Deployment. */
const ADDED = {id: bigWorldId('token', TOKENS), name: `token-000${TOKENS + 1}`}
/** The path of the commands, in the form that the official CLI also has. */
const COMMAND = ['deployment', 'token', 'organization-token']
const ON_DEPLOYMENT = ['--deployment-id', bigWorldId('deployment', 0)]
const AS_ADMIN = [...ON_DEPLOYMENT, '--role', 'DEPLOYMENT_ADMIN']

export const COMMANDS = {
  list: [...COMMAND, 'list', ...ON_DEPLOYMENT],
  'add by ID': [...COMMAND, 'add', ADDED.id, ...AS_ADMIN],
  'add by name': [...COMMAND, 'add', '--org-token-name', ADDED.name, ...AS_ADMIN],
} as const

/** Starts an emulated API with this many tokens on one Deployment, and another token to add. */
export async function startWorld({latencyMs = 0, tokens = TOKENS} = {}): Promise<AstroApi> {
  const world = bigWorld({tokens: tokens + 1, deployments: 1, rolesPerToken: 1})
  const last = world.tokens.at(-1)
  if (last) last.roles = last.roles?.filter(({entityType}) => entityType !== 'DEPLOYMENT') ?? []
  return startAstroApi({latencyMs, world})
}

/** Creates an environment with an API token or a saved login, and an otherwise empty home. */
export function environment(api: AstroApi, credential: 'login' | 'token'): Env {
  // Otherwise the official CLI would look for a newer version of itself.
  const settings = 'upgrade_message: false\n'
  const shared = {PATH: process.env.PATH, TERM: 'xterm', TMPDIR: newFolder(), XDG_CACHE_HOME: newFolder('cache')}
  if (credential === 'token') {
    return {...shared, ASTRO_API_TOKEN: api.apiToken(), ASTRO_DOMAIN: 'localhost', HOME: homeFor(api, settings)}
  }

  const {accessToken, expiresAt, refreshToken} = api.login()
  const login = `context: localhost
contexts:
    localhost:
        domain: localhost
        expiresin: "${expiresAt.toISOString()}"
        organization: ${ids.organization}
        refreshtoken: ${refreshToken}
        token: Bearer ${accessToken}
        workspace: ${ids.workspaces.data}
`
  return {...shared, HOME: homeFor(api, settings + login)}
}
