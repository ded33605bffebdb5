import {expect} from 'chai'
import fc from 'fast-check'

import {expiryOf, isPast, longAgo, longAgoOrNever, timeAgo} from '../../../src/lib/output/time-ago.js'

const NOW = new Date('2026-03-10T12:00:00Z')

type Cases = readonly (readonly [time: string | undefined, words: string])[]

describe('relative times', () => {
  describe('timeAgo', () => {
    const cases: Cases = [
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

  describe('longAgo', () => {
    const cases: Cases = [
      ['2026-03-10T11:59:01Z', 'Just now'],
      ['2026-03-10T11:59:00Z', '1 minute ago'],
      ['2026-03-10T11:00:01Z', '59 minutes ago'],
      ['2026-03-10T11:00:00Z', '1 hour ago'],
      ['2026-03-09T12:00:01Z', '23 hours ago'],
      ['2026-03-09T12:00:00Z', '1 day ago'],
      ['2026-02-10T12:00:01Z', '27 days ago'],
      ['2026-02-10T12:00:00Z', '1 month ago'],
      ['2026-01-31T00:00:00Z', '1 month ago'],
      ['2026-01-10T12:00:01Z', '1 month ago'],
      ['2026-01-10T12:00:00Z', '2 months ago'],
      ['2025-12-09T12:00:00Z', '3 months ago'],
      ['2025-03-10T12:00:01Z', '11 months ago'],
      ['2025-03-10T12:00:00Z', '1 year ago'],
      ['2024-03-10T12:00:01Z', '1 year ago'],
      ['2024-03-10T12:00:00Z', '2 years ago'],
      ['0001-01-01T00:00:00Z', '2025 years ago'],
      ['2026-03-10T14:00:00+01:00', 'Just now'],
      ['2030-01-01T00:00:00Z', 'Just now'],
      ['yesterday', ''],
      ['', ''],
      [undefined, ''],
    ]
    for (const [time, words] of cases) {
      it(`calls ${JSON.stringify(time)} ${JSON.stringify(words)} at noon of 10 March 2026`, () => {
        expect(longAgo(time, NOW)).to.equal(words)
      })
    }

    it('counts months of the calendar, and the days that do not fill one', () => {
      const from = '2026-01-31T06:00:00Z'
      expect(longAgo(from, new Date('2026-02-28T23:59:59Z'))).to.equal('28 days ago')
      expect(longAgo(from, new Date('2026-03-01T00:00:00Z'))).to.equal('1 month ago')
      expect(longAgo('2026-03-31T06:00:00Z', new Date('2026-04-30T23:00:00Z'))).to.equal('30 days ago')
      expect(longAgo(from, new Date('2026-03-31T05:59:59Z'))).to.equal('1 month ago')
      expect(longAgo(from, new Date('2026-03-31T06:00:00Z'))).to.equal('2 months ago')
      expect(longAgo('2024-02-29T00:00:00Z', new Date('2025-02-28T23:59:59Z'))).to.equal('11 months ago')
      expect(longAgo('2024-02-29T00:00:00Z', new Date('2025-03-01T00:00:00Z'))).to.equal('1 year ago')
    })

    it('never calls a longer time a shorter one', () => {
      const UNITS = ['minute', 'hour', 'day', 'month', 'year']
      const sizeOf = (words: string) => {
        const [, count = '0', unit = ''] = /^(\d+) (\w+?)s? ago$/.exec(words) ?? []
        return UNITS.indexOf(unit) * 1e6 + Number(count)
      }

      const passed = fc.integer({min: 0, max: 100_000_000_000})
      fc.assert(
        fc.property(fc.date({noInvalidDate: true, max: NOW}), passed, passed, (time, some, more) => {
          const at = (after: number) => sizeOf(longAgo(time.toISOString(), new Date(time.getTime() + after)))
          expect(at(some)).to.be.at.most(at(some + more))
        }),
      )
    })
  })

  describe('longAgoOrNever', () => {
    it('says never for a time that is absent, and the same as longAgo otherwise', () => {
      expect(longAgoOrNever(undefined, NOW)).to.equal('never')
      expect(longAgoOrNever('', NOW)).to.equal('never')
      expect(longAgoOrNever('2026-03-08T12:00:00Z', NOW)).to.equal('2 days ago')
      expect(longAgoOrNever('yesterday', NOW)).to.equal('')
    })
  })

  describe('expiryOf', () => {
    const cases: Cases = [
      [undefined, 'never'],
      ['', 'never'],
      ['soon', ''],
      ['2026-03-10T12:00:59.999Z', 'within a minute'],
      ['2026-03-10T12:01:00Z', 'in 1 minute'],
      ['2026-03-10T12:59:59Z', 'in 59 minutes'],
      ['2026-03-10T13:00:00Z', 'in 1 hour'],
      ['2026-03-11T11:59:59Z', 'in 23 hours'],
      ['2026-03-11T12:00:00Z', 'in 1 day'],
      ['2026-03-23T11:59:59Z', 'in 12 days'],
      ['2026-04-10T11:59:59Z', 'in 30 days'],
      ['2026-04-10T12:00:00Z', 'in 1 month'],
      ['2027-03-10T11:59:59Z', 'in 11 months'],
      ['2027-03-10T12:00:00Z', 'in 1 year'],
      ['2026-03-10T12:00:00Z', 'expired just now'],
      ['2026-03-10T11:59:00.001Z', 'expired just now'],
      ['2026-03-10T11:59:00Z', 'expired 1 minute ago'],
      ['2026-03-08T12:00:00Z', 'expired 2 days ago'],
      ['2025-12-09T12:00:00Z', 'expired 3 months ago'],
    ]
    for (const [time, words] of cases) {
      it(`says ${JSON.stringify(words)} of ${JSON.stringify(time)} at noon of 10 March 2026`, () => {
        expect(expiryOf(time, NOW)).to.equal(words)
      })
    }
  })

  describe('isPast', () => {
    it('is true from the very time on', () => {
      expect(isPast('2026-03-10T12:00:00Z', NOW)).to.equal(true)
      expect(isPast('2026-03-10T12:00:00.001Z', NOW)).to.equal(false)
    })

    it('is false for what is no time', () => {
      for (const time of [undefined, '', 'soon']) expect(isPast(time, NOW)).to.equal(false)
    })
  })
})
