import {expect} from 'chai'

import {createClient} from '../../../src/lib/astro-api/client.js'
import {type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {AstroError} from '../../../src/lib/errors.js'

const REJECTED = new AstroError('unauthenticated', 'No.', {status: 401, requestId: 'r'})
const STILL_REJECTED = new AstroError('unauthenticated', 'Still no.', {status: 401})
const FORBIDDEN = new AstroError('forbidden', 'No.', {status: 403})
const EXPIRED = new AstroError('unauthenticated', 'Log in.', {hint: 'astro login', status: 400})
const BUG = Object.assign(new Error('bug'), {details: {status: 401}})

/**
 * A client whose secret is `old` until it is refreshed. Each request has a result: a response's JSON, or an error.
 * `refresh` is whether a refresh gets a new secret, or its error; undefined if there is no way to refresh.
 */
function world(results: readonly unknown[], refresh?: boolean | Error) {
  const requests: HttpRequest[] = []
  let secret = 'old'
  const http = async (request: HttpRequest) => {
    const result = results[requests.push(request) - 1]
    if (result instanceof Error) throw result
    return result
  }

  const refreshSecret = async (rejected: string) => {
    if (refresh instanceof Error) throw refresh
    secret = rejected === 'old' ? 'new' : 'wrong'
    return refresh === true
  }

  const options = {bearer: () => secret, refresh: refresh === undefined ? undefined : refreshSecret}
  return {client: createClient(http, {apiHost: 'https://api.example', ...options}), requests}
}

interface Exchange {
  readonly title: string
  readonly method: 'get' | 'post'
  readonly results: readonly unknown[]
  readonly refresh?: boolean | Error
  /** Of the error, with the fields that programs and users see; otherwise the last result. */
  readonly error?: object
  /** The secret of each request. */
  readonly secrets: readonly string[]
}

const ONCE = ['old']
const TWICE = ['old', 'new']

describe('createClient', () => {
  const exchanges: readonly Exchange[] = [
    {title: 'accepts an empty response to a POST', method: 'post', results: [undefined], secrets: ONCE},
    {title: 'repeats a GET after a refresh', method: 'get', results: [REJECTED, [1]], refresh: true, secrets: TWICE},
    {
      title: 'rejects an empty response to a GET',
      method: 'get',
      results: [],
      error: {kind: 'api', message: 'The response (status 200) is not from the Astro API: it is empty.'},
      secrets: ONCE,
    },
    {
      title: 'repeats a GET only once',
      method: 'get',
      results: [REJECTED, STILL_REJECTED],
      refresh: true,
      error: STILL_REJECTED,
      secrets: TWICE,
    },
    {
      title: 'does not repeat a POST, which needs a new read',
      method: 'post',
      results: [REJECTED],
      refresh: true,
      error: {message: 'No.', details: {...REJECTED.details, mayRepeat: true, retryAfterMs: 0}},
      secrets: ONCE,
    },
    {title: 'throws without a refresh', method: 'get', results: [REJECTED], error: REJECTED, secrets: ONCE},
    {
      title: 'throws without a new secret',
      method: 'post',
      results: [REJECTED],
      refresh: false,
      error: REJECTED,
      secrets: ONCE,
    },
    {
      title: 'does not refresh after another status',
      method: 'get',
      results: [FORBIDDEN],
      refresh: true,
      error: FORBIDDEN,
      secrets: ONCE,
    },
    {
      title: 'does not refresh after an unknown error',
      method: 'get',
      results: [BUG],
      refresh: true,
      error: BUG,
      secrets: ONCE,
    },
    {
      title: 'throws the error of a refresh for a GET',
      method: 'get',
      results: [REJECTED],
      refresh: EXPIRED,
      error: EXPIRED,
      secrets: ONCE,
    },
    {
      title: 'keeps the status 401 in the error of a refresh for a POST',
      method: 'post',
      results: [REJECTED],
      refresh: EXPIRED,
      error: {kind: 'unauthenticated', message: 'Log in.', details: {hint: 'astro login', status: 401}},
      secrets: ONCE,
    },
    {
      title: 'throws an unknown error of a refresh as it is',
      method: 'post',
      results: [REJECTED],
      refresh: BUG,
      error: BUG,
      secrets: ONCE,
    },
  ]
  for (const {error, method, refresh, results, secrets, title} of exchanges) {
    it(title, async () => {
      const {client, requests} = world(results, refresh)
      const outcome = await client[method]('x', {}).catch((error_: unknown) => error_)
      if (error === undefined) expect(outcome).to.deep.equal(results.at(-1))
      else if (error instanceof Error) expect(outcome).to.equal(error)
      else expect(outcome).to.deep.include(error)
      expect(requests.map(({headers}) => headers?.authorization)).to.deep.equal(secrets.map((each) => `Bearer ${each}`))
    })
  }

  it('sends a query, in which a list repeats its key and undefined is omitted', async () => {
    const {client, requests} = world([[], []])
    await client.get('things', {ids: ['a', 'b&c'], flag: false, limit: 2, none: undefined})
    await client.get('x')
    const urls = ['https://api.example/v1/things?ids=a&ids=b%26c&flag=false&limit=2', 'https://api.example/v1/x']
    expect(requests.map(({method, url}) => [method, url.href])).to.deep.equal(urls.map((url) => ['GET', url]))
  })

  it('sends a body', async () => {
    const {client, requests} = world([])
    await client.post('x', {roles: []})
    const sent = {method: 'POST', headers: {authorization: 'Bearer old'}, json: {roles: []}}
    expect(requests).to.deep.equal([{...sent, url: new URL('https://api.example/v1/x')}])
  })
})
