const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const JUST_NOW = 'Just now'

/**
 * How long ago a time was, in the largest whole unit of days, hours and minutes: `3 days ago`, `1 hour ago`. For less
 * than a minute and for a future time, `Just now`. Empty for an absent or invalid time.
 */
export function timeAgo(time: string | undefined, now: Date): string {
  const passed = now.getTime() - Date.parse(time ?? '')
  if (Number.isNaN(passed)) return ''
  const span = daysOrLess(passed)
  return span === undefined ? JUST_NOW : `${span} ago`
}

/**
 * The same with years and months of the UTC calendar: from 31 January to 1 March is one month. Rounds down: one second
 * less than two years is `1 year ago`.
 */
export function longAgo(time: string | undefined, now: Date): string {
  const from = Date.parse(time ?? '')
  if (Number.isNaN(from)) return ''
  const span = spanBetween(from, now.getTime())
  return span === undefined ? JUST_NOW : `${span} ago`
}

/** Like `longAgo`, but `never` for an absent time. */
export function longAgoOrNever(time: string | undefined, now: Date): string {
  return time ? longAgo(time, now) : 'never'
}

/**
 * When something expires: `in 12 days`, `expired 2 days ago`, or `never` for an absent time. Rounds down like
 * `longAgo`, so that at least the displayed time is left. For less than a minute: `within a minute`, `expired just
 * now`.
 */
export function expiryOf(time: string | undefined, now: Date): string {
  if (!time) return 'never'
  const end = Date.parse(time)
  if (Number.isNaN(end)) return ''
  if (isPast(time, now)) return `expired ${longAgo(time, now).replace(JUST_NOW, 'just now')}`
  const span = spanBetween(now.getTime(), end)
  return span === undefined ? 'within a minute' : `in ${span}`
}

/** Whether a time is in the past; false for an absent or invalid time. */
export function isPast(time: string | undefined, now: Date): boolean {
  return Date.parse(time ?? '') <= now.getTime()
}

/** The largest whole unit between two times in milliseconds; undefined for less than a minute. */
function spanBetween(from: number, to: number): string | undefined {
  const months = monthsBetween(new Date(from), new Date(to))
  if (months >= 12) return formatCount(months / 12, 'year')
  if (months >= 1) return formatCount(months, 'month')
  return daysOrLess(to - from)
}

function daysOrLess(milliseconds: number): string | undefined {
  if (milliseconds >= DAY) return formatCount(milliseconds / DAY, 'day')
  if (milliseconds >= HOUR) return formatCount(milliseconds / HOUR, 'hour')
  if (milliseconds >= MINUTE) return formatCount(milliseconds / MINUTE, 'minute')
  return undefined
}

function monthsBetween(from: Date, to: Date): number {
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
  return positionInMonth(to) < positionInMonth(from) ? months - 1 : months
}

/** The day and time as a sortable text: `31T12:00:00.000Z`. */
function positionInMonth(time: Date): string {
  return time.toISOString().slice(-16)
}

function formatCount(count: number, unit: string): string {
  const whole = Math.floor(count)
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}
