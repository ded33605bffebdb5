import {expect} from 'chai'

import {retry} from '../../../src/lib/astro-api/retry.js'
import {AstroError, type ErrorDetails, type ErrorKind} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'

/** Retries work that fails with each of these errors, then succeeds. */
async function retryAfter(errors: readonly Error[]) {
  const tries: number[] = []
  const waits: number[] = []
  const outcome = await retry(
    async (number) => {
      tries.push(number)
      const error = errors[number - 1]
      if (error) throw error
      return 'done'
    },
    {
      random: () => 0.5,
      async sleep(milliseconds) {
        waits.push(milliseconds)
      },
    },
  ).catch((error: unknown) => error)
  return {outcome, tries: tries.length, waits}
}

function failure(kind: ErrorKind, details: ErrorDetails = {}): AstroError {
  return new AstroError(kind, `${kind} ${details.status ?? ''}`, details)
}

describe('retry', () => {
  it('returns the result of the first try that succeeds', async () => {
    expect(await retryAfter([])).to.deep.equal({outcome: 'done', tries: 1, waits: []})
    const errors = [failure('network'), failure('api', {status: 503}), failure('api')]
    expect(await retryAfter(errors)).to.deep.equal({outcome: 'done', tries: 4, waits: [500, 1000, 2000]})
  })

  for (const [kind, status] of [
    ['network', undefined],
    ['api', undefined],
    ['timeout', 408],
    ['rate_limited', 429],
    ['api', 500],
    ['api', 599],
    ['network', 502],
  ] as const) {
    it(`throws the last error after four tries: ${kind}, status ${status ?? 'none'}`, async () => {
      const errors = Array.from({length: 5}, () => failure(kind, {status}))
      const {outcome, tries} = await retryAfter(errors)
      expect(outcome).to.equal(errors[3])
      expect(tries).to.equal(4)
    })
  }

  for (const [kind, status] of [
    ['config', undefined],
    ['internal', undefined],
    ['network', 407],
    ['api', 200],
    ['api', 302],
    ['invalid_request', 400],
    ['conflict', 409],
  ] as const) {
    it(`does not retry ${kind}, status ${status ?? 'none'}`, async () => {
      const error = failure(kind, {status})
      expect(await retryAfter([error])).to.deep.equal({outcome: error, tries: 1, waits: []})
    })
  }

  it('does not retry an error that is not one of ours', async () => {
    const error = new TypeError('a bug')
    expect(await retryAfter([error])).to.deep.equal({outcome: error, tries: 1, waits: []})
  })

  it('retries one time-out, whatever else fails', async () => {
    const second = failure('timeout')
    expect(await retryAfter([failure('timeout')])).to.include({outcome: 'done', tries: 2})
    expect(await retryAfter([failure('timeout'), second])).to.include({outcome: second, tries: 2})
    expect(await retryAfter([failure('network'), failure('timeout'), failure('network')])).to.include({
      outcome: 'done',
      tries: 4,
    })
    expect(await retryAfter([failure('timeout'), failure('network'), second])).to.include({outcome: second, tries: 3})
  })

  it('waits as long as Retry-After says, up to a minute', async () => {
    const minute = failure('rate_limited', {status: 429, retryAfterMs: 60_000})
    const longer = failure('rate_limited', {status: 429, retryAfterMs: 60_001})
    const now = failure('api', {status: 503, retryAfterMs: 0})
    expect(await retryAfter([minute, now])).to.deep.equal({outcome: 'done', tries: 3, waits: [60_000, 0]})
    expect(await retryAfter([longer])).to.deep.equal({outcome: longer, tries: 1, waits: []})
  })

  it('throws an error of the wait', async () => {
    const stopped = failure('cancelled')
    const error = await failureOf(async () =>
      retry(
        async () => {
          throw failure('network')
        },
        {
          random: () => 0,
          async sleep() {
            throw stopped
          },
        },
      ),
    )
    expect(error).to.equal(stopped)
  })
})
