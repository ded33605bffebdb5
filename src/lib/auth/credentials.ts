import {type Http} from '../astro-api/http.js'
import {type Context} from '../context.js'
import {AstroError} from '../errors.js'
import {readApiToken} from './api-token.js'
import {type AstroConfig, configPath, readConfig} from './config-file.js'
import {type AstroDomain, contextKeys, DEFAULT_DOMAIN, logInHint, resolveDomain} from './domain.js'
import {openLogin} from './login.js'

export interface Credentials {
  readonly domain: AstroDomain
  readonly organizationId: string | undefined
  /** The Organization of the saved context, to suggest if ASTRO_API_TOKEN names none. Absent for a login. */
  readonly savedOrganizationId?: () => string | undefined
  /** The secret for the Authorization header. A function, so that printing the credentials cannot print it. */
  readonly bearer: () => string
  /** Replaces a secret that the API rejected. Resolves to false if there is no other. Absent for ASTRO_API_TOKEN. */
  readonly refresh?: (rejected: string) => Promise<boolean>
}

export interface CredentialSources extends Pick<Context, 'clock' | 'env' | 'home' | 'report'> {
  /** Loads the HTTP client. A saved login calls it only for a refresh. */
  readonly http: () => Promise<Http>
  /** Returns the same promise. If the process exits before it settles, the login to the domain may be lost. */
  readonly protectRefresh: <T>(domainName: string, refresh: Promise<T>) => Promise<T>
}

/** Finds ASTRO_API_TOKEN or the saved login. Throws `unauthenticated`, `unsupported`, `config` or as `refreshLogin`. */
export async function readCredentials(sources: CredentialSources): Promise<Credentials> {
  const {clock, env} = sources
  const value = env.ASTRO_API_TOKEN?.trim()
  const apiToken = value ? readApiToken(value, clock.now()) : undefined
  const config = await readNeededConfig(sources, apiToken !== undefined)
  const spelled = env.ASTRO_DOMAIN?.trim() || config?.context || DEFAULT_DOMAIN
  const context = config?.findContext(contextKeys(spelled))
  const named = context?.key === spelled.toLowerCase() ? context.read().domain : undefined
  const domain = resolveDomain(named ?? spelled, config?.localCore)
  if (apiToken) {
    const {organizationId, token} = apiToken
    return {
      domain,
      organizationId,
      savedOrganizationId: () => context?.read().organizationId,
      bearer: () => token,
    }
  }

  const {login, mayBeInKeychain = false} = context?.read() ?? {}
  if (!config || !context || !login) throw notAuthenticated(domain, mayBeInKeychain)
  return {domain, ...(await openLogin(login, {...sources, path: config.path, domain, contextKey: context.key}))}
}

function notAuthenticated(domain: AstroDomain, mayBeInKeychain: boolean): AstroError {
  return new AstroError('unauthenticated', `Not authenticated to ${domain.name}.`, {
    // The keychain is only a guess: running `astro auth token` to find out could open a browser.
    hint: mayBeInKeychain
      ? `${logInHint(domain, 'Log in')}; if it keeps the login in the system keychain, pass it to one command: ASTRO_API_TOKEN=$(astro auth token) {{this}}`
      : `Set ASTRO_API_TOKEN, or ${logInHint(domain, 'log in')}`,
  })
}

/** Reads the config file, unless the environment has all that is needed or the file has no absolute path. */
async function readNeededConfig(
  {clock, env, home, report}: CredentialSources,
  hasToken: boolean,
): Promise<AstroConfig | undefined> {
  const domain = env.ASTRO_DOMAIN?.trim()
  if (hasToken && domain && domain.toLowerCase() !== 'localhost') return undefined
  const path = configPath(env, home)
  if (path === undefined && (env.ASTRO_HOME || home)) {
    const folder = env.ASTRO_HOME ? 'ASTRO_HOME' : 'the home directory'
    report.warn(`The Astro CLI's config file is not read, because ${folder} is not an absolute path.`)
  }

  return path === undefined ? undefined : readConfig(path, clock)
}
