import {expect} from 'chai'

import {fullJitter, retry} from '../../../src/lib/astro-api/retry.js'
import {AstroError, type ErrorDetails, type ErrorKind} from '../../../src/lib/errors.js'
import {fakeClock, fakeReport} from '../service-options.js'

const failure = (kind: ErrorKind, details: ErrorDetails = {}) => new AstroError(kind, 'No.', details)

const LOST = failure('network')
const TIMEOUT = failure('timeout')
const waiting = (retryAfterMs: number) => failure('rate_limited', {retryAfterMs, status: 429})

/** Calls `retry` on work that fails with these errors, one an attempt, and then succeeds. */
async function attempts(errors: readonly Error[], sleep?: () => Promise<void>) {
  const clock = fakeClock(sleep && {sleep})
  const report = fakeReport()
  let sent = 0
  const send = async (attempt: number) => {
    sent += 1
    expect(attempt).to.equal(sent)
    const error = errors[attempt - 1]
    if (error) throw error
    return 'done'
  }

  const outcome = await retry(send, {clock, report}).catch((error: unknown) => error)
  return {outcome, sent, sleeps: clock.sleeps, statuses: report.told.status}
}

describe('retry', () => {
  for (const [kind, status] of [
    ['network', undefined],
    ['network', 502],
    ['api', undefined],
    ['api', 500],
    ['api', 599],
    ['timeout', 408],
    ['rate_limited', 429],
  ] as const) {
    it(`sends four times, then throws the last error: ${kind}, status ${status ?? 'none'}`, async () => {
      const error = failure(kind, {status})
      const {outcome, sleeps} = await attempts([error, error, error, failure('api', {status: 503, requestId: 'r'})])
      const message = 'No, after 4 attempts.'
      expect(outcome).to.deep.include({kind: 'api', message, details: {status: 503, requestId: 'r'}})
      expect(sleeps).to.deep.equal([500, 1000, 2000])
    })
  }

  for (const error of [
    failure('config'),
    failure('internal'),
    failure('network', {mayRepeat: false}),
    failure('network', {status: 407}),
    failure('api', {status: 302}),
    failure('conflict', {status: 409}),
    failure('api', {status: 499}),
    waiting(60_001),
    new Error('bug'),
  ]) {
    it(`sends once and throws the error itself: ${JSON.stringify(error)}`, async () => {
      const {outcome, sent, statuses} = await attempts([error])
      expect({outcome, sent, statuses}).to.deep.equal({outcome: error, sent: 1, statuses: []})
    })
  }

  it('returns the result of the fourth attempt, and shows which attempt is made', async () => {
    const {outcome, sleeps, statuses} = await attempts([LOST, LOST, LOST])
    expect({outcome, sleeps}).to.deep.equal({outcome: 'done', sleeps: [500, 1000, 2000]})
    expect(statuses).to.deep.equal(['retrying, 2 of 4', 'retrying, 3 of 4', 'retrying, 4 of 4', ''])
  })

  it('retries one timeout, but no second one', async () => {
    expect((await attempts([LOST, TIMEOUT, LOST])).outcome).to.equal('done')
    const {outcome, sent, statuses} = await attempts([TIMEOUT, failure('timeout')])
    expect(outcome).to.deep.include({kind: 'timeout', message: 'No, after 2 attempts.'})
    expect({sent, statuses}).to.deep.equal({sent: 2, statuses: ['retrying, 2 of 4', '']})
  })

  it('waits up to a minute for Retry-After', async () => {
    expect((await attempts([waiting(60_000), waiting(0)])).sleeps).to.deep.equal([60_000, 0])
  })

  it('throws an error of the wait as it is', async () => {
    const stopped = new AstroError('cancelled', 'Cancelled.')
    const stop = async () => {
      throw stopped
    }

    expect((await attempts([LOST], stop)).outcome).to.equal(stopped)
  })

  it('caps a wait at ten seconds', () => {
    expect([1, 4, 5, 9].map((tries) => fullJitter(tries, () => 0.5))).to.deep.equal([500, 4000, 5000, 5000])
  })
})
