import {type Agent as HttpAgent} from 'node:http'
import {type Agent as HttpsAgent} from 'node:https'
import {getProxyForUrl} from 'proxy-from-env'

import {AstroError} from '../errors.js'
import {errorCode, isLoopback} from '../helpers.js'
import {certificateError, isCertificateCode} from './failures.js'

/** The value of got's `agent` option for one URL. */
export type ProxyAgents = {readonly http: HttpAgent} | {readonly https: HttpsAgent}

/**
 * The proxy for a request to the URL, from HTTPS_PROXY, HTTP_PROXY and NO_PROXY in either case; undefined for a direct
 * connection. Loopback addresses never use a proxy. `env` must be the environment of the process, because
 * proxy-from-env reads it.
 *
 * Throws `config` if a proxy applies but is not an http or https address.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): undefined | URL {
  const variable = `${url.protocol.replace(':', '')}_proxy`
  const name = [variable.toUpperCase(), variable].find((each) => env[each]?.trim())
  if (name === undefined || isLoopback(url.hostname) || isExcluded(url)) return undefined
  return parseProxy(name, env[name]?.trim() ?? '')
}

/**
 * Returns a function that resolves to the agent for a URL, or to undefined if no proxy applies. Requests through the
 * same proxy share an agent and its tunnels, unless `isNew` is set. `timeout` limits the milliseconds to open a tunnel.
 *
 * The function rejects with `config` as `proxyFor` does. If a tunnel fails, the error of the request has an AstroError
 * as its `cause`: `timeout` if the proxy does not respond, `network` if it refuses or cannot be reached.
 */
export function createProxyAgents(
  env: NodeJS.ProcessEnv,
  timeout: number,
): (url: URL, isNew?: boolean) => Promise<ProxyAgents | undefined> {
  const agents = new Map<string, Promise<ProxyAgents>>()
  return async (url, isNew = false) => {
    const proxy = proxyFor(url, env)
    if (!proxy) return
    const key = `${url.protocol} ${proxy.href}`
    const agent = (isNew ? undefined : agents.get(key)) ?? agentsFor(url.protocol, proxy, timeout)
    agents.set(key, agent)
    return agent
  }
}

/** Whether NO_PROXY has the host or a parent domain of it: proxy-from-env compares whole names. */
function isExcluded({hostname, port, protocol}: URL): boolean {
  const labels = hostname.split('.')
  return labels.some((_, index) => !getProxyForUrl({protocol, host: labels.slice(index).join('.'), port}))
}

function parseProxy(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && ['http:', 'https:'].includes(url.protocol) && hasReadableCredentials(url)) return url
  throw new AstroError('config', `${name} is not a valid proxy address.`, {
    hint: 'Set it to http://HOST:PORT or https://HOST:PORT; percent-encode special characters in a user name or password',
  })
}

/**
 * Whether any user name and password in the URL are readable. With an unencoded `/`, `?` or `#` in a password, its
 * first half would count as the host, and errors would print it.
 */
function hasReadableCredentials({hash, password, pathname, search, username}: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`)
    return !hash && !search && !pathname.includes('@')
  } catch {
    return false
  }
}

async function agentsFor(protocol: string, proxy: URL, timeout: number): Promise<ProxyAgents> {
  const {HttpProxyAgent, HttpsProxyAgent} = await import('hpagent')
  const proxyRequestOptions = {
    headers: {},
    // hpagent would look up an IPv6 address with its brackets and fail.
    hostname: proxy.hostname.replaceAll(/[[\]]/g, ''),
    // hpagent copies these options for each tunnel. Its own time-out only limits the time without a byte.
    get signal() {
      return AbortSignal.timeout(timeout)
    },
  }
  const options = {keepAlive: true, proxy, proxyRequestOptions}
  return protocol === 'https:'
    ? {https: withProxyErrors(new HttpsProxyAgent(options), proxy)}
    : {http: withProxyErrors(new HttpProxyAgent(options), proxy)}
}

/** Makes the errors of the agent name the proxy. */
function withProxyErrors<T extends HttpAgent>(agent: T, proxy: URL): T {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, done) =>
    connect(options, (error, socket) => done?.(error && tunnelError(error, proxy, options.host ?? ''), socket))
  return agent
}

function tunnelError(error: Error, {host: proxy}: URL, target: string): AstroError {
  const code = errorCode(error) ?? 'unknown'
  if (code === 'ABORT_ERR') {
    return new AstroError('timeout', `The proxy ${proxy} did not respond in time.`, {
      hint: 'Check your network and the proxy variables, then try again',
    })
  }

  if (isCertificateCode(code)) return certificateError(code, proxy)
  // Only system errors have a code.
  const [, status] = /^Bad response: (\d+)$/.exec(error.message) ?? []
  if (status) {
    return new AstroError('network', `The proxy ${proxy} refused to connect to ${target} (status ${status}).`, {
      hint:
        status === '407'
          ? 'Set a user name and password for the proxy: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'
          : `Check the proxy, or bypass it: NO_PROXY=${target}`,
      status: Number(status),
    })
  }

  return new AstroError('network', `Could not reach the proxy ${proxy} (${code}).`, {
    hint: 'Check the proxy variables, and that the proxy is reachable from this machine',
  })
}
