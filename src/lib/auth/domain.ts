import {AstroError} from '../errors.js'
import {isLoopback} from '../helpers.js'

export interface AstroDomain {
  /** The normalized domain, such as `astronomer.io` or `localhost`. */
  readonly name: string
  /** The API's root, without a trailing slash: `https://api.astronomer.io`. */
  readonly apiHost: string
}

export const DEFAULT_DOMAIN = 'astronomer.io'
const DEFAULT_LOCAL_CORE = 'http://localhost:8888'

/** Astro's domains. With `cloud.`, they are the addresses of the Astro UI. */
const ASTRO = /^(?:https:\/\/)?(?:cloud\.)?(astronomer(?:-dev|-stage|-perf)?\.io)\/?$/
/** A preview of Astro: `pr1234.astronomer-dev.io`, or `pr1234.cloud.astronomer-dev.io` for its UI. */
const PREVIEW = /^(?:https:\/\/)?(?:cloud\.(?=pr\d+\.astronomer))?(pr\d{4,6})\.(?:cloud\.)?(astronomer-dev\.io)\/?$/

export const ASTRO_LOGIN = 'with the Astro CLI: astro login'

/** Throws `unsupported` for a domain that is not Astro's, or `config` for a `localCore` that must not get a token. */
export function resolveDomain(domain: string, localCore?: string): AstroDomain {
  const text = domain.trim().toLowerCase().replaceAll('_', '.')
  if (text === 'localhost') return {name: text, apiHost: parseLocalCore(localCore ?? DEFAULT_LOCAL_CORE)}
  if (ASTRO.test(text)) return {name: text.replace(ASTRO, '$1'), apiHost: text.replace(ASTRO, 'https://api.$1')}
  if (PREVIEW.test(text)) {
    return {name: text.replace(PREVIEW, '$1.$2'), apiHost: text.replace(PREVIEW, 'https://$1.api.$2')}
  }

  throw new AstroError(
    'unsupported',
    `The domain ${JSON.stringify(domain)} is not an Astro domain; these commands work with Astro only.`,
    {hint: `Set ASTRO_DOMAIN=${DEFAULT_DOMAIN}, or ${logInHint({name: DEFAULT_DOMAIN}, 'log in')}`},
  )
}

/** The keys under `contexts` for a domain, in order of precedence: as spelled, without `https://`, and normalized. */
export function contextKeys(spelled: string): readonly string[] {
  const literal = spelled.trim().toLowerCase()
  const host = literal.replace('https://', '').replace('/', '')
  const name = host.replaceAll('_', '.').replace(ASTRO, '$1').replace(PREVIEW, '$1.$2')
  return [...new Set([literal, host, name].map((each) => each.replaceAll('.', '_')))]
}

function parseLocalCore(localCore: string): string {
  const url = URL.canParse(localCore) ? new URL(localCore) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new AstroError('config', 'local.core is not an http or https URL.', {
      hint: `Set it to a URL such as ${DEFAULT_LOCAL_CORE}`,
    })
  }

  if (!mayReceiveSecrets(url)) {
    throw new AstroError(
      'config',
      `local.core is plain http to ${url.hostname}; the token would be sent unencrypted.`,
      {hint: 'Use https, or a loopback address'},
    )
  }

  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
}

/** The hint to log in. Has no full stop, because users would copy it with the command. */
export function logInHint({name}: Pick<AstroDomain, 'name'>, verb = 'log in again'): string {
  return `${verb} ${ASTRO_LOGIN} ${name}`
}

/** Whether a secret can be sent to this URL: over https, or to this machine. */
export function mayReceiveSecrets({hostname, protocol}: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
