import {expect} from 'chai'

import {type ClientOptions, createClient} from '../../../src/lib/astro-api/client.js'
import {type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {AstroError} from '../../../src/lib/errors.js'
import {ignore} from '../../../src/lib/helpers.js'
import {type Exchange, EXCHANGES} from './client-table.js'

/** A client whose secret is `old` until it is refreshed, and its requests. */
function world({refresh, results}: Pick<Exchange, 'refresh' | 'results'>) {
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

  const options: ClientOptions = {
    apiHost: 'https://api.example',
    bearer: () => secret,
    refresh: refresh === undefined ? undefined : refreshSecret,
  }
  return {client: createClient(http, options), requests}
}

/** All that can be read of an error of ours. */
function contentOf(outcome: unknown): unknown {
  if (!(outcome instanceof AstroError)) return outcome
  const {details, kind, message} = outcome
  return {details, kind, message}
}

describe('createClient', () => {
  for (const {method, outcome, secrets, title, ...exchange} of EXCHANGES) {
    it(title, async () => {
      const {client, requests} = world(exchange)
      const result = await client[method]('x', {}, ignore).catch((error: unknown) => error)
      expect(contentOf(result)).to.deep.equal(contentOf(outcome))
      const sent = requests.map(({headers}) => headers?.authorization?.replace('Bearer ', ''))
      expect(sent.join(' ')).to.equal(secrets)
      if (method === 'get') for (const request of requests) expect(request).to.include({method: 'GET', onText: ignore})
    })
  }

  it('sends a query, in which a list repeats its key and undefined is omitted', async () => {
    const {client, requests} = world({results: [[], []]})
    await client.get('things', {ids: ['a', 'b&c'], flag: false, limit: 2, none: undefined})
    await client.get('x')
    expect(requests.map(({url}) => url.href)).to.deep.equal([
      'https://api.example/v1/things?ids=a&ids=b%26c&flag=false&limit=2',
      'https://api.example/v1/x',
    ])
  })

  it('sends a body', async () => {
    const {client, requests} = world({results: []})
    const body = {roles: []}
    await client.post('x', body)
    const [{url, ...request}] = requests as [HttpRequest]
    expect(url.href).to.equal('https://api.example/v1/x')
    expect(request).to.deep.equal({method: 'POST', headers: {authorization: 'Bearer old'}, json: body})
  })
})
