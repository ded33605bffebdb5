import {AstroError} from '../errors.js'

/** One Astro: where its API is and which entry of a saved login belongs to it. */
export interface AstroDomain {
  /** As the config file spells it, such as `astronomer.io` or `localhost`. */
  readonly name: string
  /** Root of the API's host, without a path or a slash at its end: `https://api.astronomer.io`. */
  readonly apiHost: string
}

export const DEFAULT_DOMAIN = 'astronomer.io'
const DEFAULT_LOCAL_CORE = 'http://localhost:8888'

/** The domains of Astro itself; `cloud.` before them is how the web pages are reached. */
const ASTRO = /^(?:https:\/\/)?(?:cloud\.)?(astronomer(?:-dev|-stage|-perf)?\.io)\/?$/
/** A preview of a change to Astro: `pr1234.astronomer-dev.io`, or `pr1234.cloud.astronomer-dev.io` as a web page. */
const PREVIEW = /^(?:https:\/\/)?(?:cloud\.(?=pr\d+\.astronomer))?(pr\d{4,6})\.(?:cloud\.)?(astronomer-dev\.io)\/?$/

/**
 * The Astro that a domain means, in any of the forms that `astro login` takes. `localCore` is the config's `local.core`
 * and gives the address for `localhost`.
 *
 * Throws `unsupported` for a domain that is not Astro's, so that a token is never sent to one, and `config` for a
 * `local.core` that a token must not be sent to.
 */
export function resolveDomain(domain: string, localCore?: string): AstroDomain {
  const text = domain.trim().toLowerCase()
  if (text === 'localhost') return {name: text, apiHost: localApiHost(localCore ?? DEFAULT_LOCAL_CORE)}

  const [, astro] = ASTRO.exec(text) ?? []
  if (astro) return {name: astro, apiHost: `https://api.${astro}`}

  const [, preview, rest] = PREVIEW.exec(text) ?? []
  if (preview && rest) return {name: `${preview}.${rest}`, apiHost: `https://${preview}.api.${rest}`}

  throw new AstroError(
    'unsupported',
    `The domain ${JSON.stringify(domain)} is not Astro; these commands exist on Astro alone.`,
    {
      hint: `Set ASTRO_DOMAIN=${DEFAULT_DOMAIN}, or log in there: astro login ${DEFAULT_DOMAIN}`,
    },
  )
}

/**
 * The keys under `contexts` where the config file may have the login to a domain, the first one first: as the domain is
 * spelled, without `https://`, and by its name.
 */
export function contextKeys(spelled: string, {name}: Pick<AstroDomain, 'name'>): readonly string[] {
  const literal = spelled.trim().toLowerCase()
  const host = literal.replace(/^https:\/\//, '').replace(/\/$/, '')
  const names = [literal, host, name].map((each) => each.replaceAll('.', '_'))
  return names.filter((each, index) => names.indexOf(each) === index)
}

function localApiHost(localCore: string): string {
  const url = URL.canParse(localCore) ? new URL(localCore) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new AstroError('config', 'local.core is not an http or https address.', {
      hint: `Set it to one such as ${DEFAULT_LOCAL_CORE}`,
    })
  }

  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new AstroError(
      'config',
      `local.core is plain http to ${url.hostname}; a token would be sent readable by all.`,
      {
        hint: 'Use https, or an address of this machine',
      },
    )
  }

  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
}

/** How to get a new login: a sentence without its full stop, or the end of one. */
export function logInHint({name}: Pick<AstroDomain, 'name'>, verb = 'log in again'): string {
  return `${verb} with the Astro CLI: astro login ${name}`
}

/** Whether a host name, as URL spells it, can only be this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}
