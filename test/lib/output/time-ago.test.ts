import {expect} from 'chai'

import {expiryOf, isPast, longAgo, longAgoOrNever, timeAgo} from '../../../src/lib/output/time-ago.js'
import {NOW} from './fixtures.js'
import {EXPIRY, LONG_AGO, LONG_AGO_OR_NEVER, TIME_AGO} from './time-ago-table.js'

describe('relative times', () => {
  for (const [words, rows] of [
    [timeAgo, TIME_AGO],
    [longAgo, LONG_AGO],
    [longAgoOrNever, LONG_AGO_OR_NEVER],
    [expiryOf, EXPIRY],
  ] as const) {
    for (const [time, expected, now = NOW] of rows) {
      it(`${words.name} reads ${JSON.stringify(expected)} for ${JSON.stringify(time)}`, () => {
        expect(words(time, new Date(now))).to.equal(expected)
      })
    }
  }

  it('counts a time as past from its very millisecond on, and never one that cannot be parsed', () => {
    const times = ['2026-03-10T12:00:00Z', '2026-03-10T12:00:00.001Z', 'soon', '', undefined]
    expect(times.map((time) => isPast(time, NOW))).to.deep.equal([true, false, false, false, false])
  })
})
