import {expect} from 'chai'

import {retry} from '../../../src/lib/astro-api/retry.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock} from '../service-options.js'
import {failureOf} from '../support.js'
import {LASTING, LOST, PASSING, SEQUENCES} from './retry-table.js'

/** Retries work that fails with each of these errors, then succeeds. */
async function retryAfter(errors: readonly Error[]) {
  const {random, sleep, sleeps} = fakeClock()
  const tries: number[] = []
  const send = async (number: number) => {
    tries.push(number)
    const error = errors[number - 1]
    if (error) throw error
  }

  const outcome = await retry(send, {random, sleep}).catch((error: unknown) => error)
  return {thrown: errors.indexOf(outcome as Error), tries: tries.join(' '), sleeps}
}

describe('retry', () => {
  for (const error of PASSING) {
    it(`throws the last error after four tries: ${error.message}`, async () => {
      const last = new AstroError('api', 'The last one.')
      const outcome = await retryAfter([error, error, error, last])
      expect(outcome).to.deep.equal({thrown: 3, tries: '1 2 3 4', sleeps: [500, 1000, 2000]})
    })
  }

  for (const error of LASTING) {
    it(`does not retry: ${error.message}`, async () => {
      expect(await retryAfter([error])).to.deep.equal({thrown: 0, tries: '1', sleeps: []})
    })
  }

  for (const [title, errors, thrown, sleeps] of SEQUENCES) {
    it(title, async () => {
      expect(await retryAfter(errors)).to.deep.include({thrown, sleeps})
    })
  }

  it('throws an error of the wait', async () => {
    const stopped = new AstroError('cancelled', 'Cancelled.')
    const fail = async (error: AstroError) => {
      throw error
    }

    const clock = fakeClock({sleep: async () => fail(stopped)})
    expect(await failureOf(async () => retry(async () => fail(LOST), clock))).to.equal(stopped)
  })
})
