import {expect} from 'chai'

import {retry} from '../../../src/lib/astro-api/retry.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock} from '../service-options.js'
import {failureOf} from '../support.js'
import {LOST, SEQUENCES} from './retry-table.js'

describe('retry', () => {
  for (const [title, errors, thrown, sleeps] of SEQUENCES) {
    it(title, async () => {
      const clock = fakeClock()
      const tries: number[] = []
      const send = async (number: number) => {
        tries.push(number)
        const error = errors[number - 1]
        if (error) throw error
        return 'done'
      }

      const outcome = await retry(send, clock).catch((error: unknown) => error)
      expect(outcome).to.equal(errors[thrown] ?? 'done')
      expect(clock.sleeps).to.deep.equal(sleeps)
      expect(tries).to.deep.equal([1, 2, 3, 4].slice(0, sleeps.length + 1))
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
