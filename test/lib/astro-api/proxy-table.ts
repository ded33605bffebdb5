import {type ErrorKind} from '../../../src/lib/errors.js'

export type Env = Readonly<Record<string, string | undefined>>

export const API = 'https://api.astronomer.io/v1/x'
export const PROXY = 'http://proxy.example:3128'
/** A name that no look-up finds, so that only a proxy can lead there. */
export const TARGET = 'api.astro.invalid'

export const VARIABLES: readonly (readonly [title: string, env: Env, url: string, proxy: string | undefined])[] = [
  ['returns no proxy without a variable', {}, API, undefined],
  ['reads HTTPS_PROXY for https', {HTTPS_PROXY: PROXY}, API, `${PROXY}/`],
  ['reads https_proxy for https', {https_proxy: PROXY}, API, `${PROXY}/`],
  ['reads HTTP_PROXY for http', {HTTP_PROXY: PROXY}, 'http://example.com', `${PROXY}/`],
  ['reads http_proxy for http', {http_proxy: PROXY}, 'http://example.com', `${PROXY}/`],
  ['ignores HTTP_PROXY for https', {HTTP_PROXY: PROXY}, API, undefined],
  ['ignores HTTPS_PROXY for http', {HTTPS_PROXY: PROXY}, 'http://example.com', undefined],
  ['ignores ALL_PROXY', {ALL_PROXY: PROXY, all_proxy: PROXY}, API, undefined],
  ['prefers upper case to lower case', {HTTPS_PROXY: PROXY, https_proxy: 'http://other:1'}, API, `${PROXY}/`],
  ['reads lower case if upper case is empty', {HTTPS_PROXY: '', https_proxy: PROXY}, API, `${PROXY}/`],
  ['ignores a blank value', {HTTPS_PROXY: ' '}, API, undefined],
  ['takes http for the scheme of a value without one', {HTTPS_PROXY: 'proxy.example:3128'}, API, `${PROXY}/`],
  [
    'takes http for the scheme of credentials without one',
    {HTTPS_PROXY: 'jo:pw@proxy:1'},
    API,
    'http://jo:pw@proxy:1/',
  ],
  ['accepts an https proxy', {HTTPS_PROXY: 'https://proxy.example'}, API, 'https://proxy.example/'],
  ['ignores HTTP_PROXY in a CGI process', {HTTP_PROXY: PROXY, REQUEST_METHOD: 'GET'}, 'http://example.com', undefined],
  ['reads HTTPS_PROXY in a CGI process', {HTTPS_PROXY: PROXY, REQUEST_METHOD: 'GET'}, API, `${PROXY}/`],
  ['prefers NO_PROXY to no_proxy', {HTTPS_PROXY: PROXY, NO_PROXY: 'example.com', no_proxy: '*'}, API, `${PROXY}/`],
  ['reads no_proxy', {HTTPS_PROXY: PROXY, no_proxy: 'astronomer.io'}, API, undefined],
  [
    'bypasses the proxy for the default port in NO_PROXY',
    {HTTP_PROXY: PROXY, NO_PROXY: 'a.test:80'},
    'http://a.test',
    undefined,
  ],
  [
    'uses the proxy for a port that is not in NO_PROXY',
    {HTTP_PROXY: PROXY, NO_PROXY: 'a.test:443'},
    'http://a.test',
    `${PROXY}/`,
  ],
  ['accepts an invalid proxy that does not apply', {HTTPS_PROXY: 'socks5://p:1', NO_PROXY: '*'}, API, undefined],
]

/** URLs that are reached directly, whatever is set. */
export const LOCAL: readonly string[] = [
  'https://localhost',
  'https://LOCALHOST:8888',
  'https://127.0.0.1',
  'https://127.8.9.1:8888',
  'https://[::1]:8888',
  'https://[::ffff:127.0.0.1]',
]

export const EXCLUSIONS: readonly (readonly [noProxy: string, straight: string[], proxied: string[]])[] = [
  ['*', ['api.astronomer.io', '10.0.0.1', '[2001:db8::1]'], []],
  ['x.example, *', ['api.astronomer.io'], []],
  ['example.com', ['example.com', 'api.example.com', 'a.b.example.com'], ['notexample.com', 'example.com.evil.test']],
  ['.example.com', ['api.example.com', 'a.b.example.com'], ['example.com', 'notexample.com']],
  ['*.example.com', ['api.example.com', 'a.b.example.com'], ['example.com', 'notexample.com']],
  ['*example.com', [], ['example.com', 'notexample.com']],
  ['EXAMPLE.com', ['example.com', 'API.example.com'], []],
  [' a.test ,\texample.com ', ['a.test', 'example.com'], ['b.test']],
  ['a.test example.com', [], ['a.test', 'example.com']],
  ['example.com:443', ['example.com', 'example.com:443', 'api.example.com'], ['example.com:8443']],
  ['.example.com:8443', ['api.example.com:8443'], ['api.example.com', 'example.com:8443']],
  ['example.com:', ['example.com', 'example.com:8443'], []],
  ['münchen.example', ['münchen.example', 'api.münchen.example'], ['munchen.example']],
  ['10.0.0.1', ['10.0.0.1', '10.0.0.1:8443'], ['10.0.0.2', '110.0.0.1']],
  ['10.0.0.1:8443', ['10.0.0.1:8443'], ['10.0.0.1']],
  ['10.1', [], ['10.0.0.1', '10.10.10.1']],
  ['2001:db8::1', ['[2001:db8::1]', '[2001:DB8:0::1]'], ['[2001:db8::2]']],
  ['[2001:db8::1]:443', ['[2001:db8::1]'], ['[2001:db8::1]:8443']],
  ['fe80::1%eth0', [], ['[fe80::1]']],
  ['10.1.0.0/16', ['10.1.255.255'], ['10.2.0.0', '[2001:db8::1]', 'ten.example']],
  ['10.1.2.3/20', ['10.1.0.1', '10.1.15.255'], ['10.1.16.0']],
  ['0.0.0.0/0', ['10.0.0.1'], ['[2001:db8::1]', 'example.com']],
  ['2001:db8::/33', ['[2001:db8:7fff::1]'], ['[2001:db8:8000::1]', '10.0.0.1']],
  ['::/0', ['[2001:db8::1]'], ['10.0.0.1']],
  ['10.0.0.1/32', ['10.0.0.1'], ['10.0.0.2']],
  ['2001:db8::1/128', ['[2001:db8::1]'], ['[2001:db8::2]']],
  ['10.0.0.0/33', [], ['10.0.0.0']],
  ['2001:db8::/129', [], ['[2001:db8::1]']],
  ['10.0.0.0/x8', [], ['10.0.0.0']],
  ['10.0.0.0/8x', [], ['10.0.0.0']],
  ['10.0.0.0/', [], ['10.0.0.0']],
  ['ex%61mple.com', [], ['example.com']],
  ['10.0.0.0/8/8', [], ['10.0.0.0']],
  [',, :443,[]:443, .', [], ['example.com', '10.0.0.1']],
]

/** Values that are not the address of a proxy. */
export const UNUSABLE: readonly string[] = [
  'socks5://jo:s3cret@proxy.example:1080',
  'ftp://jo:s3cret@proxy.example',
  'xhttp://jo:s3cret@proxy.example',
  'http://',
  'http://jo:s3cret@',
  'http://jo:s3cret@proxy.example:99999',
  'http://jo:s3cret@my proxy',
  'http://jo:12/s3cret@proxy.example',
  'http://jo:12?s3cret@proxy.example',
  'http://jo:12#s3cret@proxy.example',
  'http://jo:s3cret%@proxy.example',
]

const UNREACHABLE = 'Check the proxy variables, and that the proxy is reachable from this machine'
const BYPASS = `Check the proxy, or bypass it: NO_PROXY=${TARGET}`

export interface TunnelFailure {
  readonly title: string
  /** Another address than that of the recording proxy. */
  readonly proxy?: string
  readonly noProxy?: string
  /** What the proxy sends before it closes the connection. Without it, the proxy does nothing. */
  readonly sends?: string
  readonly kind?: ErrorKind
  /** Of the error, with PROXY for the host of the recording proxy. */
  readonly message: RegExp
  readonly details: object
  /** How many connections the recording proxy sees. */
  readonly connections: number
}

export const TUNNEL_FAILURES: readonly TunnelFailure[] = [
  {
    title: 'a proxy that requires credentials',
    sends: 'HTTP/1.1 407 No\r\n\r\n',
    message: /^The proxy PROXY refused to connect to api\.astro\.invalid \(status 407\)\.$/,
    details: {
      hint: 'Set a user name and password for the proxy: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
      status: 407,
    },
    connections: 1,
  },
  {
    title: 'a proxy that refuses',
    sends: 'HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n',
    message: /^The proxy PROXY refused to connect to api\.astro\.invalid \(status 403\)\.$/,
    details: {hint: BYPASS, status: 403},
    connections: 1,
  },
  {
    title: 'a proxy that has no connection',
    sends: 'HTTP/1.1 502 No\r\n\r\n',
    message: /^The proxy PROXY refused to connect to api\.astro\.invalid \(status 502\)\.$/,
    details: {hint: BYPASS, status: 502},
    connections: 4,
  },
  {
    title: 'a proxy that hangs up',
    sends: '',
    message: /^Could not reach the proxy PROXY \([A-Z_]+\)\.$/,
    details: {hint: UNREACHABLE},
    connections: 4,
  },
  {
    title: 'a proxy that speaks another protocol',
    sends: 'SSH-2.0-OpenSSH_9.6\r\n',
    message: /^Could not reach the proxy PROXY \(HPE_[A-Z_]+\)\.$/,
    details: {hint: UNREACHABLE},
    connections: 4,
  },
  {
    title: 'a proxy that does not respond',
    kind: 'timeout',
    message: /^The proxy PROXY did not respond in time\.$/,
    details: {hint: 'Check your network and the proxy variables, then try again'},
    connections: 2,
  },
  {
    title: 'a proxy that does not listen',
    proxy: 'http://jo:s3cret@127.0.0.1:1',
    message: /^Could not reach the proxy 127\.0\.0\.1:1 \(ECONNREFUSED\)\.$/,
    details: {hint: UNREACHABLE},
    connections: 0,
  },
  {
    title: 'a proxy with an IPv6 address, which is not looked up',
    proxy: 'http://[::1]:1',
    message: /^Could not reach the proxy \[::1]:1 \((?!ENOTFOUND|EAI_AGAIN)[A-Z_]+\)\.$/,
    details: {hint: UNREACHABLE},
    connections: 0,
  },
  {
    title: 'a host in NO_PROXY',
    noProxy: TARGET,
    message: /^Could not reach api\.astro\.invalid \((?:ENOTFOUND|EAI_AGAIN)\)\.$/,
    details: {hint: 'Check your network, ASTRO_DOMAIN and proxy settings, then try again'},
    connections: 0,
  },
]
