import {type Agent as HttpAgent} from 'node:http'
import {type Agent as HttpsAgent} from 'node:https'
import {BlockList, isIP} from 'node:net'
import {domainToASCII} from 'node:url'

import {AstroError} from '../errors.js'

export type Env = Readonly<Record<string, string | undefined>>

/** What got takes as its `agent` for one URL. */
export type ProxyAgents = {readonly http: HttpAgent} | {readonly https: HttpsAgent}

interface Setting {
  /** The variable as it is spelled in the environment. */
  readonly name: string
  readonly value: string
}

/** An entry of NO_PROXY that ends in a port, `host:443` or `[::2]:443`. An IPv6 address without brackets is none. */
const HOST_AND_PORT = /^(?:\[(?<address>[^[\]]*)]|(?<name>[^:[\]]*)):(?<port>[^:[\]]*)$/
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * The proxy that a request to the URL goes through, undefined where it goes straight: what HTTPS_PROXY, HTTP_PROXY and
 * NO_PROXY say, read as Go's golang.org/x/net/http/httpproxy reads them. localhost and loopback addresses have none.
 *
 * Throws `config` for a proxy that applies and that is not an http or https address.
 */
export function proxyFor(url: URL, env: Env): undefined | URL {
  // In a CGI process HTTP_PROXY is what a visitor sent as the header `Proxy`.
  if (url.protocol === 'http:' && env.REQUEST_METHOD) return undefined
  const names = url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']
  const setting = firstSet(names, env)
  if (!setting || bypassesProxy(url, firstSet(['NO_PROXY', 'no_proxy'], env)?.value ?? '')) return undefined
  return parseProxy(setting)
}

/**
 * Returns a function that gives the agent for a URL, undefined if no proxy applies. Requests through one proxy share an
 * agent and its tunnels, unless they ask for a new tunnel. `timeout` is how many milliseconds a proxy may take to open a
 * tunnel.
 *
 * Rejects with `config` as proxyFor does. A request whose tunnel fails ends in an error whose `cause` is an AstroError:
 * `timeout` for a proxy that does not answer, `network` for one that refuses or is not there.
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

/** Whether one entry of NO_PROXY speaks of this host and port. One that cannot be read speaks of none. */
function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const range = rangeOf(entry)
  // To a BlockList an IPv4 address lies within ::/0, to Go it does not.
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

/** `example.com` is itself and what is below it, `.example.com` and `*.example.com` only what is below it. */
function isDomainOf(name: string, host: string): boolean {
  const domain = name.startsWith('*.') ? name.slice(1) : name
  const belowOnly = domain.startsWith('.')
  const bare = asciiOf(belowOnly ? domain.slice(1) : domain)
  return host.endsWith(`.${bare}`) || (!belowOnly && host === bare)
}

/** A name as a URL spells it. An ASCII name stays as it is: domainToASCII would decode `ex%61mple.com`. */
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

/** Whether the text is an IP address without a zone such as `%eth0`, which no list of addresses takes. */
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
  throw new AstroError('config', `${name} is not the address of a proxy that can be used.`, {
    hint: 'Set it to http://HOST:PORT or https://HOST:PORT; in a user name or password, percent-encode what is special',
  })
}

/**
 * Whether a user name and password can be read from the URL, if there are any. With a bare `/`, `?` or `#` in a
 * password its first half would count as the host, and errors would show it.
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
  // hpagent takes the host from the URL with the brackets of an IPv6 address, which no look-up finds; this one wins.
  const proxyRequestOptions = {headers: {}, hostname: withoutBrackets(proxy.hostname)}
  const options = {keepAlive: true, proxy, proxyRequestOptions, timeout}
  return protocol === 'https:'
    ? {https: withProxyErrors(new HttpsProxyAgent(options), proxy)}
    : {http: withProxyErrors(new HttpProxyAgent(options), proxy)}
}

/** The agent with errors that say that it was the proxy, and which. */
function withProxyErrors<T extends HttpAgent>(agent: T, proxy: URL): T {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, done) =>
    connect(options, (error, socket) => done?.(error && tunnelError(error, proxy, options.host ?? ''), socket))
  return agent
}

/** hpagent tells its own failures by their messages alone; those of the system have a code. */
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

  const code = 'code' in error ? String(error.code) : 'unknown'
  return new AstroError('network', `Could not reach the proxy ${proxy} (${code}).`, {
    hint: 'Check the proxy variables, and that the proxy is reachable from this machine',
  })
}
