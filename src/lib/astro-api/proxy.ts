import {type Agent as HttpAgent} from 'node:http'
import {type Agent as HttpsAgent} from 'node:https'
import {TLSSocket} from 'node:tls'
import {getProxyForUrl} from 'proxy-from-env'

import {AstroError} from '../errors.js'
import {errorCode, isLoopback} from '../helpers.js'
import {certificateError, isCertificateCode} from './failures.js'

/** The value of got's `agent` option for one URL. */
export type ProxyAgents = {readonly http: HttpAgent} | {readonly https: HttpsAgent}

/** An http or https address. Characters that end the host must be encoded in a password, or errors would print it. */
const ADDRESS = /^(?:https?:\/\/)?(?:(?:[^\s#%/?]|%[\da-f]{2})*@)?[^\s#/?@]+(?:\/(?:[^#/?@][^#?@]*)?)?$/i

/** `env` must be `process.env`, because proxy-from-env reads that. Throws `config` for an invalid proxy address. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): undefined | URL {
  const variable = `${url.protocol.replace(':', '')}_proxy`
  const name = [variable.toUpperCase(), variable].find((each) => env[each]?.trim())
  if (name === undefined || isLoopback(url.hostname) || isExcluded(url)) return undefined
  const value = env[name]?.trim() ?? ''
  const address = value.includes('://') ? value : `http://${value}`
  if (ADDRESS.test(value) && URL.canParse(address)) return new URL(address)
  throw new AstroError('config', `${name} is not a valid proxy address.`, {
    hint: 'Set it to http://HOST:PORT or https://HOST:PORT; percent-encode special characters in a user name or password',
  })
}

/**
 * Creates a function that finds the agent for a URL. Requests share an agent and its tunnels, unless `isNew` is set. If
 * a tunnel fails, the request error has an AstroError as its `cause`.
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
    ? {https: withProxyErrors(new HttpsProxyAgent(options), proxy, timeout)}
    : {http: withProxyErrors(new HttpProxyAgent(options), proxy, timeout)}
}

/** Also limits the TLS handshake in a tunnel, which got does not see. */
function withProxyErrors<T extends HttpAgent>(agent: T, proxy: URL, timeout: number): T {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, done) =>
    connect(options, (error, socket) => {
      if (socket instanceof TLSSocket) {
        const timer = setTimeout(() => socket.destroy(noResponse(proxy)), timeout)
        for (const event of ['secureConnect', 'close'])
          socket.once(event, () => {
            clearTimeout(timer)
          })
      }

      done?.(error && tunnelError(error, proxy, options.host ?? ''), socket)
    })
  return agent
}

function noResponse({host}: URL): AstroError {
  return new AstroError('timeout', `The proxy ${host} did not respond in time.`, {
    hint: 'Check your network and the proxy variables, then try again',
  })
}

function tunnelError(error: Error, address: URL, target: string): AstroError {
  const {host: proxy} = address
  const code = errorCode(error) ?? 'unknown'
  if (code === 'ABORT_ERR') return noResponse(address)
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
