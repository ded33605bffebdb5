import {type Agent as HttpAgent} from 'node:http'
import {type Agent as HttpsAgent} from 'node:https'
import {BlockList, isIP} from 'node:net'
import {domainToASCII} from 'node:url'

import {AstroError} from '../errors.js'
import {errorCode} from '../helpers.js'

export type Env = Readonly<Record<string, string | undefined>>

/** The value of got's `agent` option for one URL. */
export type ProxyAgents = {readonly http: HttpAgent} | {readonly https: HttpsAgent}

interface Setting {
  /** The variable's name as the environment spells it. */
  readonly name: string
  readonly value: string
}

/** An entry of NO_PROXY with a port: `host:443` or `[::2]:443`. Does not match an IPv6 address without brackets. */
const HOST_AND_PORT = /^(?:\[(?<address>[^[\]]*)]|(?<name>[^:[\]]*)):(?<port>[^:[\]]*)$/
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * The proxy for a request to the URL; undefined for a direct connection. HTTPS_PROXY, HTTP_PROXY and NO_PROXY follow
 * the rules of Go's golang.org/x/net/http/httpproxy. localhost and loopback addresses never use a proxy.
 *
 * Throws `config` if a proxy applies but is not an http or https address.
 */
export function proxyFor(url: URL, env: Env): undefined | URL {
  // In a CGI process, HTTP_PROXY contains the header `Proxy` of a visitor's request.
  if (url.protocol === 'http:' && env.REQUEST_METHOD) return undefined
  const names = url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']
  const setting = firstSet(names, env)
  if (!setting || bypassesProxy(url, firstSet(['NO_PROXY', 'no_proxy'], env)?.value ?? '')) return undefined
  return parseProxy(setting)
}

/**
 * Returns a function that resolves to the agent for a URL, or to undefined if no proxy applies. Requests through the
 * same proxy share an agent and its tunnels, unless `isNew` is set. `timeout` limits the milliseconds to open a tunnel.
 *
 * The function rejects with `config` as `proxyFor` does. If a tunnel fails, the error of the request has an AstroError
 * as its `cause`: `timeout` if the proxy does not respond, `network` if it refuses or cannot be reached.
 */
export function createProxyAgents(
  env: Env,
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

function firstSet(names: readonly string[], env: Env): Setting | undefined {
  const settings = names.map((name) => ({name, value: env[name]?.trim() ?? ''}))
  return settings.find(({value}) => value !== '')
}

function bypassesProxy(url: URL, noProxy: string): boolean {
  const host = withoutBrackets(url.hostname)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const entries = noProxy.split(',').map((entry) => entry.trim().toLowerCase())
  return host === 'localhost' || holds(LOOPBACK, host) || entries.some((entry) => excludes(entry, host, port))
}

/** Whether an entry of NO_PROXY matches this host and port. An invalid entry matches nothing. */
function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const range = rangeOf(entry)
  // In a BlockList, ::/0 contains IPv4 addresses; in Go it does not.
  if (range) return holds(range, host) && !(isIP(host) === 4 && entry.includes(':'))

  const parts = HOST_AND_PORT.exec(entry)?.groups
  const name = parts ? (parts.address ?? parts.name ?? '') : entry
  if (!name || (parts?.port && parts.port !== port)) return false
  if (!isAddress(name)) return !isAddress(host) && isDomainOf(name, host)
  const address = new BlockList()
  address.addAddress(name, familyOf(name))
  return holds(address, host)
}

/** The addresses of `10.0.0.0/8` or `2001:db8::/32`; undefined for any other text. */
function rangeOf(entry: string): BlockList | undefined {
  const [network = '', prefix = '', ...more] = entry.split('/')
  if (more.length > 0 || !isAddress(network) || !/^\d{1,3}$/.test(prefix)) return undefined
  if (Number(prefix) > (isIP(network) === 4 ? 32 : 128)) return undefined
  const range = new BlockList()
  range.addSubnet(network, Number(prefix), familyOf(network))
  return range
}

/** `example.com` matches itself and its subdomains; `.example.com` and `*.example.com` match only subdomains. */
function isDomainOf(name: string, host: string): boolean {
  const domain = name.startsWith('*.') ? name.slice(1) : name
  const isSubdomainOnly = domain.startsWith('.')
  const bare = asciiOf(isSubdomainOnly ? domain.slice(1) : domain)
  return host.endsWith(`.${bare}`) || (!isSubdomainOnly && host === bare)
}

/** The name as URLs spell it. Leaves ASCII names unchanged, because domainToASCII would decode `ex%61mple.com`. */
function asciiOf(name: string): string {
  return /[^\0-\u007F]/.test(name) ? domainToASCII(name) || name : name
}

/** The host name of a URL, whose IPv6 addresses are in brackets. */
function withoutBrackets(hostname: string): string {
  return hostname.replaceAll(/[[\]]/g, '')
}

function holds(list: BlockList, host: string): boolean {
  return isAddress(host) && list.check(host, familyOf(host))
}

/** Whether the text is an IP address. Excludes addresses with a zone such as `%eth0`, which a BlockList rejects. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%')
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}

function parseProxy({name, value}: Setting): URL {
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
  // hpagent would look up an IPv6 address with its brackets and fail; `hostname` overrides that.
  const proxyRequestOptions = {headers: {}, hostname: withoutBrackets(proxy.hostname)}
  const options = {keepAlive: true, proxy, proxyRequestOptions, timeout}
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

/** Recognizes hpagent's own errors by their messages, because only system errors have a code. */
function tunnelError(error: Error, {host: proxy}: URL, target: string): AstroError {
  if (error.message === 'Proxy timeout') {
    return new AstroError('timeout', `The proxy ${proxy} did not respond in time.`, {
      hint: 'Check your network and the proxy variables, then try again',
    })
  }

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

  return new AstroError('network', `Could not reach the proxy ${proxy} (${errorCode(error) ?? 'unknown'}).`, {
    hint: 'Check the proxy variables, and that the proxy is reachable from this machine',
  })
}
