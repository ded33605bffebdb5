import {expect} from 'chai'

import {expiryOf, isPast, longAgo, timeAgo} from '../../../src/lib/output/time.js'
import {NOW} from './fixtures.js'

/** Expects each time to read so, at noon on 10 March 2026 by default. */
function expectWords(reads: typeof timeAgo, rows: readonly (readonly [string | undefined, string])[], now = NOW): void {
  expect(rows.map(([time]) => [time, reads(time, now)])).to.deep.equal(rows)
}

describe('relative times', () => {
  it('are in whole days, hours or minutes', () => {
    expectWords(timeAgo, [
      ['2026-03-10T11:59:00.001Z', 'Just now'],
      ['2026-03-10T11:59:00Z', '1 minute ago'],
      ['2026-03-09T12:00:00.001Z', '23 hours ago'],
      ['2026-03-09T12:00:00Z', '1 day ago'],
      ['2026-03-10T09:00:00-01:00', '2 hours ago'],
      ['yesterday', ''],
      [undefined, ''],
    ])
  })

  it('are in months and years of the calendar, if they are long ago', () => {
    expectWords(longAgo, [
      ['2026-02-10T12:00:00.001Z', '27 days ago'],
      ['2026-02-10T12:00:00Z', '1 month ago'],
      ['2025-03-10T12:00:00.001Z', '11 months ago'],
      ['2025-03-10T12:00:00Z', '1 year ago'],
    ])
    expectWords(longAgo, [['2026-01-31T06:00:00Z', '1 month ago']], new Date('2026-03-01T00:00:00Z'))
    expectWords(longAgo, [['2026-01-31T06:00:00Z', '1 month ago']], new Date('2026-03-31T05:59:59Z'))
  })

  it('of an expiry are past or future', () => {
    expectWords(expiryOf, [
      ['', 'never'],
      ['soon', ''],
      ['2026-03-10T12:00:59.999Z', 'within a minute'],
      ['2026-03-10T12:01:00Z', 'in 1 minute'],
      ['2026-03-10T11:59:00.001Z', 'expired just now'],
      ['2025-12-09T12:00:00Z', 'expired 3 months ago'],
    ])
    const times = ['2026-03-10T12:00:00Z', '2026-03-10T12:00:00.001Z', 'soon', undefined]
    expect(times.map((time) => isPast(time, NOW))).to.deep.equal([true, false, false, false])
  })
})
