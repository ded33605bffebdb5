import {createClient} from '../lib/astro-api/client.js'
import {createAstroApi} from '../lib/astro-api/operations.js'
import {type CredentialSources, readCredentials} from '../lib/auth/credentials.js'
import {findOrganization} from '../lib/auth/organization.js'
import {tokenChoices} from '../lib/output/choices.js'
import {type WriteState} from '../lib/roles/role-write.js'
import {createTokenScoping, type TokenScoping} from '../lib/roles/token-scoping.js'
import {type Dialogue, type Prompts} from '../lib/selection/target.js'
import {type ChooseToken} from '../lib/selection/token-lookup.js'

export interface Session {
  readonly scoping: TokenScoping
  /** The Workspace that the login last worked in; undefined for an API token. */
  readonly loginWorkspaceId: string | undefined
}

export interface SessionOptions extends Pick<CredentialSources, 'env' | 'home' | 'onRefresh' | 'onWarning'> {
  readonly dialogue: Dialogue
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  readonly onWrite: (state: WriteState) => void
  /** Awaited before each request. */
  readonly beforeRequest: () => Promise<void>
}

/**
 * The service for the Organization that the environment's credentials belong to. Throws what reading and refreshing the
 * credentials and looking for their Organization throws.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const {beforeRequest, dialogue, env, onWarning, onWrite, userAgent} = options
  const sources: CredentialSources = {
    ...options,
    now: () => new Date(),
    async http() {
      const {createHttp} = await import('../lib/astro-api/http.js')
      const http = createHttp({userAgent})
      return async (request) => {
        await beforeRequest()
        return http(request)
      }
    },
  }
  const credentials = await readCredentials(sources)
  const {bearer, domain, refresh} = credentials
  const client = createClient(await sources.http(), {apiHost: domain.apiHost, bearer, renew: refresh})
  const organizationId = await findOrganization(credentials, env, client)
  const {showProgress} = dialogue
  const api = createAstroApi(client, organizationId, (done, all) => {
    showProgress(done < all ? `${done} of ${all} pages` : '')
  })
  const scoping = createTokenScoping(api, {
    choose: chooseToken(dialogue.prompts),
    onWrite,
    async lock(tokenId) {
      const {lockToken} = await import('../lib/locks/token-lock.js')
      const onWait = () => {
        showProgress('waiting for another process')
      }

      const held = await lockToken(tokenId, {organizationId, onWait, onWarning})
      showProgress('')
      return held
    },
  })
  return {scoping, loginWorkspaceId: credentials.workspaceId}
}

/** Asks which of some tokens is meant; undefined where nobody can be asked. */
function chooseToken(prompts: Prompts | undefined): ChooseToken | undefined {
  if (!prompts) return undefined
  return async (tokens, deploymentIds) => prompts.pick('Which token?', tokenChoices(tokens, deploymentIds, new Date()))
}
