import {expect} from 'chai'

import {fullJitter, retry} from '../../../src/lib/astro-api/retry.js'
import {AstroError, type ErrorDetails, type ErrorKind} from '../../../src/lib/errors.js'
import {fakeClock, fakeReport} from '../service-options.js'

const failure = (kind: ErrorKind, details: ErrorDetails = {}) => new AstroError(kind, 'No.', details)

const LOST = failure('network')
const TIMEOUT = failure('timeout')
const SLOW = failure('timeout', {status: 408})
const waiting = (retryAfterMs: number) => failure('rate_limited', {retryAfterMs, status: 429})

/** Calls `retry` on work that fails with these errors, one an attempt, and then succeeds. */
async function attempts(errors: readonly Error[]) {
  const clock = fakeClock()
  const report = fakeReport()
  const sent: number[] = []
  const send = async (attempt: number) => {
    const error = errors[sent.push(attempt) - 1]
    if (error) throw error
    return 'done'
  }

  const outcome = await retry(send, {clock, report}).catch((error: unknown) => error)
  return {outcome, sent, sleeps: clock.sleeps, statuses: report.told.status}
}

describe('retry', () => {
  it('makes up to four attempts, shows which one is made, and throws the last error', async () => {
    const statuses = ['retrying, 2 of 4', 'retrying, 3 of 4', 'retrying, 4 of 4', '']
    const success = await attempts([LOST, LOST, LOST])
    expect(success).to.deep.equal({outcome: 'done', sent: [1, 2, 3, 4], sleeps: [500, 1000, 2000], statuses})
    const {outcome} = await attempts([LOST, LOST, LOST, failure('api', {status: 503, requestId: 'r'})])
    const error = {kind: 'api', message: 'No, after 4 attempts.', details: {status: 503, requestId: 'r'}}
    expect(outcome).to.deep.include(error)
  })

  it('retries after an error without a status, and after the statuses 408, 429 and from 500', async () => {
    const unavailable = [failure('network', {status: 500}), failure('api', {status: 599})]
    for (const errors of [[LOST, failure('api'), TIMEOUT], [SLOW, SLOW, waiting(0)], unavailable]) {
      expect((await attempts(errors)).outcome).to.equal('done')
    }
  })

  it('sends once and throws the error itself after any other', async () => {
    for (const error of [
      failure('network', {mayRepeat: false}),
      failure('network', {status: 407}),
      failure('api', {status: 499}),
      waiting(60_001),
      new Error('bug'),
    ]) {
      expect(await attempts([error])).to.deep.equal({outcome: error, sent: [1], sleeps: [], statuses: []})
    }
  })

  it('retries one timeout, but no second one', async () => {
    const {outcome, statuses} = await attempts([TIMEOUT, failure('timeout')])
    expect(outcome).to.deep.include({kind: 'timeout', message: 'No, after 2 attempts.'})
    expect(statuses).to.deep.equal(['retrying, 2 of 4', ''])
  })

  it('waits up to a minute for Retry-After, and otherwise up to ten seconds', async () => {
    expect((await attempts([waiting(60_000), waiting(0)])).sleeps).to.deep.equal([60_000, 0])
    expect([1, 4, 5, 9].map((tries) => fullJitter(tries, () => 0.5))).to.deep.equal([500, 4000, 5000, 5000])
  })
})
