import {type Http} from '../astro-api/http.js'
import {AstroError} from '../errors.js'
import {readApiToken} from './api-token.js'
import {type AstroConfig, configPath, readConfig} from './config-file.js'
import {type AstroDomain, contextKeys, DEFAULT_DOMAIN, logInHint, resolveDomain} from './domain.js'
import {openLogin} from './login.js'
import {type LoginRefresh} from './refresh-login.js'

/** Whose permission a command acts with, and where. */
export interface Credentials {
  readonly domain: AstroDomain
  /** The Organization that the credential is for; undefined where it does not say. */
  readonly organizationId: string | undefined
  /** The Organization of the domain's saved context, to suggest if ASTRO_API_TOKEN names none. Absent for a login. */
  readonly savedOrganizationId?: () => Promise<string | undefined>
  /** The Workspace that a login last worked in; absent for ASTRO_API_TOKEN. */
  readonly workspaceId?: string | undefined
  /** The secret for the Authorization header; a function, so that printing the credentials cannot print it. */
  readonly bearer: () => string
  /**
   * For a secret that the API refused: gets another one, which `bearer` then gives. False where there is none to be
   * had; rejects where it should have been. Absent for ASTRO_API_TOKEN.
   */
  readonly refresh?: (refused: string) => Promise<boolean>
}

export interface CredentialSources {
  readonly env: NodeJS.ProcessEnv
  /** The user's home directory; empty if there is none. */
  readonly home: string
  readonly now: () => Date
  /** The way to the network, asked for only when a login has to be refreshed. */
  readonly http: () => Promise<Http>
  /** Told where a refreshed login could not be saved, and where the config file is not read. */
  readonly onWarning: (warning: string) => void
  /** As in `LoginRefresh`. */
  readonly onRefresh?: LoginRefresh['onRefresh']
}

/**
 * The first credential that there is: ASTRO_API_TOKEN, then the login that `astro login` saved. A login that expires
 * within five minutes is refreshed and saved; otherwise nothing is sent or written.
 *
 * Throws `unauthenticated` when there is none or it has expired, `unsupported` for a domain that is not Astro's,
 * `config` for a config file that cannot be read, and for a refresh what `refreshLogin` throws.
 */
export async function readCredentials(sources: CredentialSources): Promise<Credentials> {
  const {env} = sources
  const value = env.ASTRO_API_TOKEN?.trim()
  const apiToken = value ? readApiToken(value, sources.now()) : undefined
  const config = await readNeededConfig(sources, apiToken !== undefined)
  const spelled = env.ASTRO_DOMAIN?.trim() || config?.context || DEFAULT_DOMAIN
  const domain = resolveDomain(spelled, config?.localCore)
  const keys = contextKeys(spelled, domain)
  if (apiToken) {
    const {organizationId, token} = apiToken
    return {
      domain,
      organizationId,
      savedOrganizationId: async () => readSavedOrganization(sources, keys),
      bearer: () => token,
    }
  }

  const context = config?.findContext(keys)
  if (!config || !context?.login) throw notAuthenticated(domain, context?.mayBeInKeychain ?? false)
  return {
    domain,
    ...(await openLogin(context.login, {...sources, path: config.path, domain, contextKey: context.key})),
  }
}

/** A suggestion only, so that a config file that cannot be read is as good as none. */
async function readSavedOrganization(
  {env, home}: CredentialSources,
  keys: readonly string[],
): Promise<string | undefined> {
  const path = configPath(env, home)
  const config = path === undefined ? undefined : await readConfig(path).catch(() => {})
  try {
    return config?.findContext(keys)?.organizationId
  } catch {
    return undefined
  }
}

function notAuthenticated(domain: AstroDomain, mayBeInKeychain: boolean): AstroError {
  return new AstroError('unauthenticated', `Not authenticated to ${domain.name}.`, {
    // Nothing is run to find out: `astro auth token` opens a browser when it is signed out.
    hint: mayBeInKeychain
      ? `${logInHint(domain, 'Log in')}; if it keeps the login in the system keychain: export ASTRO_API_TOKEN=$(astro auth token)`
      : `Set ASTRO_API_TOKEN, or ${logInHint(domain, 'log in')}`,
  })
}

/**
 * The config file; undefined if it has no absolute path, or if nothing in it could matter: a token and a domain other
 * than `localhost` are given.
 */
async function readNeededConfig(
  {env, home, onWarning}: CredentialSources,
  hasToken: boolean,
): Promise<AstroConfig | undefined> {
  const domain = env.ASTRO_DOMAIN?.trim()
  if (hasToken && domain && domain.toLowerCase() !== 'localhost') return undefined
  const path = configPath(env, home)
  if (path === undefined && (env.ASTRO_HOME || home)) {
    const folder = env.ASTRO_HOME ? 'ASTRO_HOME' : 'the home directory'
    onWarning(`The Astro CLI's config file is not read, because ${folder} is not an absolute path.`)
  }

  return path === undefined ? undefined : readConfig(path)
}
