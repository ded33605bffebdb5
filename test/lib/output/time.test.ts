import {expect} from 'chai'

import {expiryOf, isPast, longAgo, longAgoOrNever, timeAgo} from '../../../src/lib/output/time.js'
import {NOW} from './fixtures.js'

/** Times as the API has them, how they read at noon on 10 March 2026, and the other time for those read at another. */
type Rows = readonly (readonly [time: string | undefined, words: string, now?: string])[]

const TIME_AGO: Rows = [
  ['2026-03-10T12:00:00Z', 'Just now'],
  ['2026-03-10T11:59:00.001Z', 'Just now'],
  ['2026-03-10T11:59:00Z', '1 minute ago'],
  ['2026-03-10T11:00:00Z', '1 hour ago'],
  ['2026-03-09T12:00:00.001Z', '23 hours ago'],
  ['2026-03-09T12:00:00Z', '1 day ago'],
  ['2026-03-10T09:00:00-01:00', '2 hours ago'],
  ['2030-01-01T00:00:00Z', 'Just now'],
  ['yesterday', ''],
  [undefined, ''],
]

const LONG_AGO: Rows = [
  ['2026-03-10T11:59:00.001Z', 'Just now'],
  ['2026-03-10T11:59:00Z', '1 minute ago'],
  ['2026-02-10T12:00:00.001Z', '27 days ago'],
  ['2026-02-10T12:00:00Z', '1 month ago'],
  ['2025-03-10T12:00:00.001Z', '11 months ago'],
  ['2025-03-10T12:00:00Z', '1 year ago'],
  ['2024-03-10T12:00:00Z', '2 years ago'],
  ['yesterday', ''],
  ['2026-01-31T06:00:00Z', '1 month ago', '2026-03-01T00:00:00Z'],
  ['2026-03-31T06:00:00Z', '30 days ago', '2026-04-30T23:00:00Z'],
  ['2026-01-31T06:00:00Z', '1 month ago', '2026-03-31T05:59:59Z'],
  ['2026-01-31T06:00:00Z', '2 months ago', '2026-03-31T06:00:00Z'],
]

const LONG_AGO_OR_NEVER: Rows = [
  [undefined, 'never'],
  ['', 'never'],
  ['2026-03-08T12:00:00Z', '2 days ago'],
  ['yesterday', ''],
]

const EXPIRY: Rows = [
  [undefined, 'never'],
  ['', 'never'],
  ['soon', ''],
  ['2026-03-10T12:00:59.999Z', 'within a minute'],
  ['2026-03-10T12:01:00Z', 'in 1 minute'],
  ['2026-03-11T11:59:59Z', 'in 23 hours'],
  ['2026-03-10T11:59:00.001Z', 'expired just now'],
  ['2026-03-10T11:59:00Z', 'expired 1 minute ago'],
  ['2025-12-09T12:00:00Z', 'expired 3 months ago'],
]

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
