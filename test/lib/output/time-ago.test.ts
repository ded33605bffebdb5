import {expect} from 'chai'

import {timeAgo} from '../../../src/lib/output/time-ago.js'

const NOW = new Date('2026-03-10T12:00:00Z')

describe('timeAgo', () => {
  const cases: readonly (readonly [time: string | undefined, words: string])[] = [
    ['2026-03-10T12:00:00Z', 'Just now'],
    ['2026-03-10T11:59:01Z', 'Just now'],
    ['2026-03-10T11:59:00.001Z', 'Just now'],
    ['2026-03-10T11:59:00Z', '1 minute ago'],
    ['2026-03-10T11:58:01Z', '1 minute ago'],
    ['2026-03-10T11:58:00Z', '2 minutes ago'],
    ['2026-03-10T11:00:01Z', '59 minutes ago'],
    ['2026-03-10T11:00:00Z', '1 hour ago'],
    ['2026-03-10T10:00:01Z', '1 hour ago'],
    ['2026-03-10T10:00:00Z', '2 hours ago'],
    ['2026-03-09T12:00:01Z', '23 hours ago'],
    ['2026-03-09T12:00:00Z', '1 day ago'],
    ['2026-03-08T12:00:01Z', '1 day ago'],
    ['2026-03-08T12:00:00Z', '2 days ago'],
    ['2024-03-10T12:00:00Z', '730 days ago'],
    ['2026-03-10T13:00:00+01:00', 'Just now'],
    ['2026-03-10T09:00:00-01:00', '2 hours ago'],
    ['2026-03-10T12:00:01Z', 'Just now'],
    ['2030-01-01T00:00:00Z', 'Just now'],
    ['yesterday', ''],
    ['', ''],
    [undefined, ''],
  ]
  for (const [time, words] of cases) {
    it(`calls ${JSON.stringify(time)} ${JSON.stringify(words)} at noon of 10 March 2026`, () => {
      expect(timeAgo(time, NOW)).to.equal(words)
    })
  }
})
