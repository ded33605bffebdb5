import {expect} from 'chai'

import {createProxyAgents, proxyFor} from '../../../src/lib/astro-api/proxy.js'
import {failureOf, textOf} from '../support.js'
import {clearVariables, type Env, setVariables} from './proxy-variables.js'

const API = 'https://api.astronomer.io/v1/x'
const PLAIN = 'http://example.com'
const PROXY = 'http://proxy.example:3128'

function proxyOf(url: string, env: Env): string | undefined {
  setVariables(env)
  return proxyFor(new URL(url), process.env)?.href
}

describe('proxies', () => {
  after(clearVariables)

  const settings: readonly {title: string; env: Env; url?: string; proxy?: string}[] = [
    {title: 'uses no proxy without a variable', env: {}},
    {title: 'reads HTTPS_PROXY for https', env: {HTTPS_PROXY: PROXY}, proxy: PROXY},
    {title: 'reads http_proxy for http', env: {http_proxy: PROXY}, url: PLAIN, proxy: PROXY},
    {title: 'ignores HTTP_PROXY for https', env: {HTTP_PROXY: PROXY}},
    {title: 'ignores ALL_PROXY', env: {ALL_PROXY: PROXY, all_proxy: PROXY}},
    {title: 'prefers upper case', env: {HTTPS_PROXY: PROXY, https_proxy: 'http://other:1'}, proxy: PROXY},
    {title: 'reads lower case if upper case is blank', env: {HTTPS_PROXY: ' ', https_proxy: PROXY}, proxy: PROXY},
    {title: 'takes http for a value without a scheme', env: {HTTPS_PROXY: ' jo:pw@p:1 '}, proxy: 'http://jo:pw@p:1'},
    {title: 'accepts an https proxy', env: {HTTPS_PROXY: 'https://proxy.example'}, proxy: 'https://proxy.example'},
    {title: 'accepts an at sign in a password', env: {HTTPS_PROXY: 'http://jo:p@w@p:1'}, proxy: 'http://jo:p%40w@p:1'},
    {title: 'ignores an unusable proxy that does not apply', env: {HTTPS_PROXY: 'socks5://p:1', no_proxy: '*'}},
  ]
  for (const {env, proxy, title, url = API} of settings) {
    it(title, () => {
      expect(proxyOf(url, env)).to.equal(proxy && `${proxy}/`)
    })
  }

  for (const host of [
    'localhost',
    'LOCALHOST:8888',
    '127.0.0.1',
    '127.8.9.1:8888',
    '[::1]:8888',
    '[::ffff:127.0.0.1]',
  ]) {
    it(`never uses a proxy for ${host}`, () => {
      expect(proxyOf(`https://${host}`, {HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY})).to.equal(undefined)
    })
  }

  const exclusions: readonly {noProxy: string; direct?: readonly string[]; proxied?: readonly string[]}[] = [
    {noProxy: '*', direct: ['api.astronomer.io', '10.0.0.1', '[2001:db8::1]']},
    {
      noProxy: 'example.com',
      direct: ['example.com', 'api.example.com', 'a.b.example.com'],
      proxied: ['notexample.com', 'example.com.evil.test', 'com'],
    },
    {
      noProxy: '.example.com',
      direct: ['api.example.com', 'a.b.example.com'],
      proxied: ['example.com', 'notexample.com'],
    },
    {noProxy: '*.example.com', direct: ['api.example.com'], proxied: ['example.com', 'notexample.com']},
    {noProxy: 'EXAMPLE.com,\ta.test ', direct: ['example.com', 'API.example.com', 'a.test'], proxied: ['b.test']},
    {noProxy: 'example.com:443', direct: ['example.com', 'api.example.com:443'], proxied: ['example.com:8443']},
    {noProxy: '10.0.0.1', direct: ['10.0.0.1', '10.0.0.1:8443'], proxied: ['10.0.0.2', '110.0.0.1']},
    {noProxy: '10.0.0.0/8', proxied: ['10.0.0.1', '10.0.0.0']},
  ]
  for (const {direct = [], noProxy, proxied = []} of exclusions) {
    it(`follows NO_PROXY=${JSON.stringify(noProxy)}`, () => {
      const env = {HTTPS_PROXY: PROXY, NO_PROXY: noProxy}
      const isProxied = (host: string) => proxyOf(`https://${host}/v1/x`, env) !== undefined
      expect([...direct, ...proxied].filter((host) => isProxied(host))).to.deep.equal(proxied)
    })
  }

  for (const value of [
    'socks5://jo:s3cret@proxy.example:1080',
    'xhttp://jo:s3cret@proxy.example',
    'http://',
    'http://jo:s3cret@proxy.example:99999',
    'http://jo:s3cret@my proxy',
    'http://jo:12/s3cret@proxy.example',
    'http://jo:12?s3cret@proxy.example',
    'http://jo:12#s3cret@proxy.example',
    'http://jo:s3cret%@proxy.example',
  ]) {
    it(`rejects ${value} without printing its password`, async () => {
      const error = await failureOf(() => proxyOf(API, {https_proxy: value}))
      expect(error).to.include({kind: 'config', message: 'https_proxy is not a valid proxy address.'})
      expect(error.details.hint).to.match(
        /^Set it to http:\/\/HOST:PORT or https:\/\/HOST:PORT; percent-encode special/,
      )
      expect(textOf(error)).not.to.contain('s3cret')
    })
  }

  it('returns one agent per protocol until a new tunnel is needed', async () => {
    setVariables({HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY})
    const agentsFor = createProxyAgents(process.env, 1000)
    const [first, second, plain] = await Promise.all(
      [API, 'https://auth.example', 'http://auth.example'].map(async (url) => agentsFor(new URL(url))),
    )
    expect(first).to.have.nested.property('https.keepAlive', true)
    expect(second).to.equal(first)
    expect(plain).to.have.all.keys('http')
    const renewed = await agentsFor(new URL(API), true)
    expect(renewed).not.to.equal(first)
    expect(await agentsFor(new URL(API))).to.equal(renewed)
  })
})
