import {createClient} from '../lib/astro-api/client.js'
import {type Timeouts} from '../lib/astro-api/http.js'
import {type AstroApi, createAstroApi} from '../lib/astro-api/operations.js'
import {fullJitter} from '../lib/astro-api/retry.js'
import {type CredentialSources, readCredentials} from '../lib/auth/credentials.js'
import {findOrganization} from '../lib/auth/organization.js'
import {type Clock} from '../lib/clock.js'
import {type Report} from '../lib/context.js'
import {ignore} from '../lib/helpers.js'
import {type WriteState} from '../lib/roles/role-write.js'
import {ORGANIZATION_TOKENS, type TokenScope} from '../lib/roles/token-scope.js'
import {createTokenScoping, type TokenScoping} from '../lib/roles/token-scoping.js'
import {type DebugLog} from './debug-log.js'
import {type Progress} from './progress.js'

export interface Session {
  readonly api: AstroApi
  readonly scope: TokenScope
  readonly scoping: TokenScoping
  /** The Workspace that the login last worked in; undefined for an API token. */
  readonly loginWorkspaceId: string | undefined
}

export interface SessionOptions extends Pick<CredentialSources, 'env' | 'home' | 'onRefresh' | 'onWarning'> {
  readonly clock: Clock
  /** Undefined unless DEBUG enables it. */
  readonly debugLog: DebugLog | undefined
  readonly progress: Progress
  /** Default: those of `createHttp`. */
  readonly timeouts?: Timeouts
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  readonly onWrite: (state: WriteState) => void
  /** Awaited before each request. */
  readonly beforeRequest: () => Promise<void>
}

/**
 * Reads the credentials, finds their Organization and creates the service for it. Throws what `readCredentials` and
 * `findOrganization` throw.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const {beforeRequest, clock, debugLog, env, onWarning, onWrite, progress, timeouts, userAgent} = options
  const report: Report = {
    warn: onWarning,
    debug: debugLog?.debug ?? ignore,
    status(text) {
      progress.show(text)
    },
  }
  const sources: CredentialSources = {
    ...options,
    now: () => new Date(clock.now()),
    async http() {
      const {createHttp} = await import('../lib/astro-api/http.js')
      const http = createHttp({clock, env, report, userAgent, ...(timeouts && {timeouts})})
      return async (request) => {
        await beforeRequest()
        return http(request)
      }
    },
    onOutcome({milliseconds, outcome}) {
      debugLog?.refresh(outcome, milliseconds)
    },
  }
  const credentials = await readCredentials(sources)
  const {bearer, domain, refresh} = credentials
  const client = createClient(await sources.http(), {apiHost: domain.apiHost, bearer, refresh})
  const organizationId = await findOrganization(credentials, env, client)
  const api = createAstroApi(client, organizationId, report)
  const scoping = createTokenScoping(api, {
    backoff: (attempts) => fullJitter(attempts, clock.random),
    clock,
    scope: ORGANIZATION_TOKENS,
    onWarning,
    onWrite,
    onSettle(milliseconds, rewrites) {
      debugLog?.settle(milliseconds, rewrites)
      const repeats = rewrites === 0 ? '' : `, written again ${rewrites === 1 ? 'once' : `${rewrites} times`}`
      progress.show(`waiting ${Math.round(milliseconds / 1000)} s to see that the change stands${repeats}`)
    },
    async lock(tokenId) {
      const {lockToken} = await import('../lib/locks/token-lock.js')
      const onWait = () => {
        progress.show('waiting for another process')
      }

      const held = await lockToken(tokenId, {
        apiHost: domain.apiHost,
        lockDirectory: env.ASTRO_LOCK_DIR,
        organizationId,
        ...(debugLog && {onEvent: debugLog.lock}),
        onWait,
        onWarning,
      })
      progress.show('')
      return held
    },
  })
  return {api, scope: ORGANIZATION_TOKENS, scoping, loginWorkspaceId: credentials.workspaceId}
}
