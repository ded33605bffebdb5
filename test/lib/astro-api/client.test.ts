import {expect} from 'chai'
import nock from 'nock'

import {systemClock} from '../../../src/cli/system-clock.js'
import {type Client, createClient} from '../../../src/lib/astro-api/client.js'
import {createHttp, type HttpOptions} from '../../../src/lib/astro-api/http.js'
import {AstroError} from '../../../src/lib/errors.js'

const HOST = 'https://api.astronomer.io'

/** What the promise fails with, which must be an error of ours. */
async function failureOf(work: Promise<unknown>): Promise<AstroError> {
  const error: unknown = await work.then(
    () => {},
    (error_: unknown) => error_,
  )
  if (error instanceof AstroError) return error
  throw new Error(`not an AstroError: ${String(error)}`)
}

function systemError(code: string): Error {
  return Object.assign(new Error(`the system says ${code}`), {code})
}

function clientOf(apiHost: string, options: Partial<HttpOptions>): Client {
  return createClient(createHttp({clock: systemClock, env: {}, ...options, userAgent: 'tests/1.0'}), {
    apiHost,
    bearer: () => 'top.secret.token',
  })
}

describe('the API client', () => {
  const waits: number[] = []
  const client = clientOf(HOST, {
    clock: {
      ...systemClock,
      random: () => 1,
      async sleep(milliseconds) {
        waits.push(milliseconds)
      },
    },
  })

  beforeEach(() => {
    waits.length = 0
  })

  afterEach(() => {
    nock.cleanAll()
  })

  it('repeats the keys of lists in a query, and leaves out what is undefined', async () => {
    const api = nock(HOST).get('/v1/things?ids=a&ids=b&flag=false').reply(200, {})

    expect(await client.get('things', {ids: ['a', 'b'], flag: false, none: undefined})).to.deep.equal({})
    api.done()
  })

  for (const status of [408, 429, 500, 502, 503, 599]) {
    it(`tries a read four times while it gets ${status}`, async () => {
      const api = nock(HOST).get('/v1/x').times(4).reply(status, {message: 'no', requestId: 'r', statusCode: status})

      const error = await failureOf(client.get('x'))

      api.done()
      expect(error.details.status).to.equal(status)
      expect(waits).to.deep.equal([1000, 2000, 4000])
    })
  }

  for (const status of [400, 401, 403, 404, 409, 422]) {
    it(`takes ${status} for an answer`, async () => {
      nock(HOST).get('/v1/x').reply(status, {})

      expect((await failureOf(client.get('x'))).details.status).to.equal(status)
      expect(waits).to.deep.equal([])
    })
  }

  it('gives the answer of the first try that succeeds', async () => {
    nock(HOST).get('/v1/x').replyWithError(systemError('ECONNRESET'))
    nock(HOST).get('/v1/x').reply(503)
    nock(HOST).get('/v1/x').reply(200, {a: 1})

    expect(await client.get('x')).to.deep.equal({a: 1})
  })

  it('tries a read four times while there is no connection', async () => {
    const api = nock(HOST).get('/v1/x').times(4).replyWithError(systemError('ECONNREFUSED'))

    const error = await failureOf(client.get('x'))

    api.done()
    expect(error.kind).to.equal('network')
    expect(error.message).to.equal('Could not reach api.astronomer.io (ECONNREFUSED).')
  })

  it('waits as long as Retry-After says', async () => {
    nock(HOST)
      .get('/v1/x')
      .reply(429, {}, {'retry-after': new Date(Date.now() - 1000).toUTCString()})
    nock(HOST).get('/v1/x').reply(429, {}, {'retry-after': '60'})
    nock(HOST).get('/v1/x').reply(200, {})

    expect(await client.get('x')).to.deep.equal({})
    expect(waits).to.deep.equal([0, 60_000])
  })

  it('waits as ever where Retry-After cannot be read', async () => {
    nock(HOST).get('/v1/x').reply(503, {}, {'retry-after': 'soon'})
    nock(HOST).get('/v1/x').reply(200, {})

    expect(await client.get('x')).to.deep.equal({})
    expect(waits).to.deep.equal([1000])
  })

  it('does not wait longer than a minute, and says when to try again', async () => {
    nock(HOST).get('/v1/x').reply(429, {}, {'retry-after': '61'})

    const error = await failureOf(client.get('x'))

    expect(error.kind).to.equal('rate_limited')
    expect(error.details.hint).to.equal('Try again in 61 seconds')
  })

  it('tries a write once', async () => {
    nock(HOST).post('/v1/x', {roles: []}).reply(503)

    expect((await failureOf(client.post('x', {roles: []}))).kind).to.equal('api')
    expect(waits).to.deep.equal([])
  })

  it('sends nothing that is nested too deeply for JSON', async () => {
    let body: unknown = 1
    for (let depth = 0; depth < 20_000; depth += 1) body = [body]

    const error = await failureOf(client.post('x', {body}))

    expect(error.kind).to.equal('internal')
    expect(error.message).to.equal('The request is nested too deeply to be sent.')
  })

  it('gives undefined for a write whose answer is empty, and refuses an empty read', async () => {
    nock(HOST).post('/v1/x').reply(200, ' ')
    nock(HOST).get('/v1/x').reply(200, '')

    expect(await client.post('x', {})).to.equal(undefined)
    expect((await failureOf(client.get('x'))).kind).to.equal('api')
  })

  it('follows no redirect, so that the credential reaches no other host', async () => {
    nock(HOST).get('/v1/x').reply(307, '', {location: 'https://evil.example/x'})
    const elsewhere = nock('https://evil.example').get('/x').reply(200, {})

    const error = await failureOf(client.get('x'))

    expect(error.details.status).to.equal(307)
    expect(elsewhere.isDone()).to.equal(false)
  })

  it('keeps nothing of the request in its errors', async () => {
    nock(HOST).get('/v1/x').reply(400, {message: 'no', requestId: 'r', statusCode: 400})
    nock(HOST).post('/v1/x').replyWithError(systemError('EPIPE'))
    const {inspect} = await import('node:util')

    for (const error of [await failureOf(client.get('x')), await failureOf(client.post('x', {}))]) {
      expect(inspect(error, {depth: null, showHidden: true})).not.to.contain('secret')
      expect(error.cause).to.equal(undefined)
    }
  })
})
