import {createClient} from '../lib/astro-api/client.js'
import {type AstroApi, createAstroApi} from '../lib/astro-api/operations.js'
import {type CredentialSources, readCredentials} from '../lib/auth/credentials.js'
import {findOrganization} from '../lib/auth/organization.js'
import {ORGANIZATION_TOKENS, type TokenScope} from '../lib/roles/scope.js'
import {createTokenScoping, type TokenScoping} from '../lib/roles/service.js'
import {type CommandContext, hideCredential} from './context.js'

/** An authenticated connection to the Astro API of one Organization. */
export interface Session {
  readonly api: AstroApi
  readonly scope: TokenScope
  readonly scoping: TokenScoping
}

/** Connects to the Organization of the credentials. Throws what `readCredentials` and `findOrganization` throw. */
export async function openSession(context: CommandContext): Promise<Session> {
  return context.progress.withSpinner('Signing in', connect(context))
}

async function connect(context: CommandContext): Promise<Session> {
  const {clock, env, interrupts, report, write} = context
  const sources: CredentialSources = {
    ...context,
    async http() {
      const {createHttp} = await import('../lib/astro-api/http.js')
      const http = createHttp(context)
      return async (request) => {
        await interrupts.untilEnd()
        return http(request)
      }
    },
    protectRefresh: interrupts.protectRefresh,
  }
  const credentials = await readCredentials(sources)
  const {bearer, domain, refresh} = credentials
  hideCredential(bearer)
  const client = createClient(await sources.http(), {apiHost: domain.apiHost, bearer, refresh})
  const organizationId = await findOrganization(credentials, env, client)
  const api = createAstroApi(client, organizationId, report)
  const scoping = createTokenScoping(api, {
    clock,
    report,
    progress: write,
    scope: ORGANIZATION_TOKENS,
    async lock(tokenId) {
      const {lockToken} = await import('../lib/locks/token-lock.js')
      return lockToken(tokenId, {apiHost: domain.apiHost, organizationId, clock, report})
    },
  })
  return {api, scope: ORGANIZATION_TOKENS, scoping}
}
