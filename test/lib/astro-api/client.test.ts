import {expect} from 'chai'

import {createClient} from '../../../src/lib/astro-api/client.js'
import {type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {AstroError} from '../../../src/lib/errors.js'

const REJECTED = new AstroError('unauthenticated', 'No.', {status: 401, requestId: 'r'})
const STILL_REJECTED = new AstroError('unauthenticated', 'Still no.', {status: 401})
const FORBIDDEN = new AstroError('forbidden', 'No.', {status: 403})
const EXPIRED = new AstroError('unauthenticated', 'Log in.', {hint: 'astro login', status: 400})

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

describe('createClient', () => {
  const expired = {kind: 'unauthenticated', message: 'Log in.', details: {hint: 'astro login', status: 401}}
  const repeatable = {message: 'No.', details: {...REJECTED.details, mayRepeat: true, retryAfterMs: 0}}
  const get = {method: 'get', results: [REJECTED], refresh: undefined, secrets: ['old'], error: undefined} as const
  const post = {...get, method: 'post'} as const
  const twice = {...get, refresh: true, secrets: ['old', 'new']} as const
  // `error` is that of the caller, with the fields that programs and users see; without one, the last result is returned.
  for (const {error, method, refresh, results, secrets, title} of [
    {title: 'throws the error of a 401 without a refresh', ...get, error: REJECTED},
    {title: 'throws the error of a 401 without a new secret', ...post, refresh: false, error: REJECTED},
    {title: 'repeats a GET after a refresh', ...twice, results: [REJECTED, [1]]},
    {title: 'repeats a GET only once', ...twice, results: [REJECTED, STILL_REJECTED], error: STILL_REJECTED},
    {title: 'does not repeat a POST, which needs a new read', ...post, refresh: true, error: repeatable},
    {title: 'does not refresh after another status', ...get, results: [FORBIDDEN], refresh: true, error: FORBIDDEN},
    {title: 'throws the error of a refresh for a GET', ...get, refresh: EXPIRED, error: EXPIRED},
    {title: 'keeps the status 401 in the error of a refresh for a POST', ...post, refresh: EXPIRED, error: expired},
  ]) {
    it(title, async () => {
      const {client, requests} = world(results, refresh)
      const outcome = await client[method]('x', {}).catch((error_: unknown) => error_)
      if (error === undefined || error instanceof Error) expect(outcome).to.equal(error ?? results.at(-1))
      else expect(outcome).to.deep.include(error)
      expect(requests.map(({headers}) => headers?.authorization)).to.deep.equal(secrets.map((each) => `Bearer ${each}`))
    })
  }

  it('sends a query, in which a list repeats its key and undefined is omitted, or a body', async () => {
    const {client, requests} = world([[]])
    await client.get('things', {ids: ['a', 'b&c'], flag: false, limit: 2, none: undefined})
    await client.post('x', {roles: []})
    const url = new URL('https://api.example/v1/things?ids=a&ids=b%26c&flag=false&limit=2')
    const headers = {authorization: 'Bearer old'}
    const body = {method: 'POST', url: new URL('https://api.example/v1/x'), headers, json: {roles: []}}
    expect(requests).to.deep.equal([{method: 'GET', url, headers}, body])
  })

  it('rejects an empty response to a GET, but not to a POST', async () => {
    const {client} = world([])
    expect(await client.post('x', {})).to.equal(undefined)
    const message = 'The response (status 200) is not from the Astro API: it is empty.'
    expect(await client.get('x').catch((error: unknown) => error)).to.include({kind: 'api', message})
  })
})
