import {bigWorld, bigWorldId} from '../../test/astro-api/big-world.js'
import {type AstroApi, startAstroApi} from '../../test/astro-api/server.js'
import {ids} from '../../test/astro-api/world.js'
import {type Env, homeFor} from '../../test/support/run-cli.js'

const TOKENS = 20
/** The token for `add`. All other tokens already have a role on the Deployment. */
const ADDED = {id: bigWorldId('token', TOKENS), name: `token-000${TOKENS + 1}`}
const ON_DEPLOYMENT = ['--deployment-id', bigWorldId('deployment', 0)]

/** The path of the commands, in the form that the official CLI also has. */
const COMMAND = ['deployment', 'token', 'organization-token']

export const LIST = [...COMMAND, 'list', ...ON_DEPLOYMENT]
export const ADD_BY_ID = [...COMMAND, 'add', ADDED.id, ...ON_DEPLOYMENT, '--role', 'DEPLOYMENT_ADMIN']
export const ADD_BY_NAME = [
  ...COMMAND,
  'add',
  '--org-token-name',
  ADDED.name,
  ...ON_DEPLOYMENT,
  '--role',
  'DEPLOYMENT_ADMIN',
]

export type Credential = 'login' | 'token'

/** Starts an emulated API with 20 tokens on one Deployment, and another token to add. */
export async function startWorld(latencyMs = 0): Promise<AstroApi> {
  return startAstroApi({latencyMs, world: bigWorld({tokens: TOKENS + 1, deployments: 1, rolesPerToken: 1})})
}

/** Removes the role that `add` gave. */
export function undoAdd({world}: AstroApi): void {
  const token = world.tokens.find(({id}) => id === ADDED.id)
  if (token) token.roles = token.roles?.filter(({entityType}) => entityType !== 'DEPLOYMENT') ?? []
}

/** Creates an environment with an API token or a saved login, and an otherwise empty home. */
export function environment(api: AstroApi, credential: Credential): Env {
  const shared = {PATH: process.env.PATH, TERM: 'xterm'}
  // Otherwise the official CLI would look for a newer version of itself.
  const settings = 'upgrade_message: false\n'
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
