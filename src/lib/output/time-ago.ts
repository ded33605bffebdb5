const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const JUST_NOW = 'Just now'

/**
 * How long ago a time was, in the largest whole unit of days, hours and minutes: `3 days ago`, `1 hour ago`. Below a
 * minute, and for a time that is still to come, `Just now`. Empty for a time that is absent or cannot be parsed.
 */
export function timeAgo(time: string | undefined, now: Date): string {
  const passed = now.getTime() - Date.parse(time ?? '')
  if (Number.isNaN(passed)) return ''
  const span = daysOrLess(passed)
  return span === undefined ? JUST_NOW : `${span} ago`
}

/**
 * The same with years and months, which are those of the calendar in UTC: from 31 January to 1 March it is one month.
 * Everything is rounded down: one second before two years it is `1 year ago`.
 */
export function longAgo(time: string | undefined, now: Date): string {
  const from = Date.parse(time ?? '')
  if (Number.isNaN(from)) return ''
  const span = spanBetween(from, now.getTime())
  return span === undefined ? JUST_NOW : `${span} ago`
}

/** As `longAgo`, and `never` for a time that is absent. */
export function longAgoOrNever(time: string | undefined, now: Date): string {
  return time ? longAgo(time, now) : 'never'
}

/**
 * When something expires: `in 12 days`, `expired 2 days ago`, or `never` for a time that is absent. Rounded down as
 * `longAgo` is, so that at least the time that is shown is left. Below a minute: `within a minute`, `expired just now`.
 */
export function expiryOf(time: string | undefined, now: Date): string {
  if (!time) return 'never'
  const end = Date.parse(time)
  if (Number.isNaN(end)) return ''
  if (isPast(time, now)) return `expired ${longAgo(time, now).replace(JUST_NOW, 'just now')}`
  const span = spanBetween(now.getTime(), end)
  return span === undefined ? 'within a minute' : `in ${span}`
}

/** Whether a time has come; false for one that is absent or cannot be parsed. */
export function isPast(time: string | undefined, now: Date): boolean {
  return Date.parse(time ?? '') <= now.getTime()
}

/** The largest whole unit between two times, in milliseconds; undefined below a minute. */
function spanBetween(from: number, to: number): string | undefined {
  const months = monthsBetween(new Date(from), new Date(to))
  if (months >= 12) return counted(months / 12, 'year')
  if (months >= 1) return counted(months, 'month')
  return daysOrLess(to - from)
}

function daysOrLess(milliseconds: number): string | undefined {
  if (milliseconds >= DAY) return counted(milliseconds / DAY, 'day')
  if (milliseconds >= HOUR) return counted(milliseconds / HOUR, 'hour')
  if (milliseconds >= MINUTE) return counted(milliseconds / MINUTE, 'minute')
  return undefined
}

function monthsBetween(from: Date, to: Date): number {
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
  return positionInMonth(to) < positionInMonth(from) ? months - 1 : months
}

/** Day and time of day, as a text that sorts: `31T12:00:00.000Z`. */
function positionInMonth(time: Date): string {
  return time.toISOString().slice(-16)
}

function counted(count: number, unit: string): string {
  const whole = Math.floor(count)
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}
