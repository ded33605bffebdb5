const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const JUST_NOW = 'Just now'

/** How long ago a time was, in whole days, hours or minutes: `3 days ago`. Empty for an absent or invalid time. */
export function timeAgo(time: string | undefined, now: Date): string {
  return ago(time, now, daysOrLess)
}

/** The same with years and months of the UTC calendar: from 31 January to 1 March is one month. Rounds down. */
export function longAgo(time: string | undefined, now: Date): string {
  return ago(time, now, spanBetween)
}

export function longAgoOrNever(time: string | undefined, now: Date): string {
  return time ? longAgo(time, now) : 'never'
}

/** When something expires: `in 12 days`, `expired 2 days ago`, or `never` for an absent time. Rounds down. */
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

function ago(time: string | undefined, now: Date, spanOf: typeof spanBetween): string {
  const from = Date.parse(time ?? '')
  if (Number.isNaN(from)) return ''
  const span = spanOf(from, now.getTime())
  return span === undefined ? JUST_NOW : `${span} ago`
}

/** The largest whole unit between two times in milliseconds; undefined for less than a minute. */
function spanBetween(from: number, to: number): string | undefined {
  const months = monthsBetween(new Date(from), new Date(to))
  if (months >= 12) return formatCount(months / 12, 'year')
  if (months >= 1) return formatCount(months, 'month')
  return daysOrLess(from, to)
}

function daysOrLess(from: number, to: number): string | undefined {
  const unit = UNITS.find(([, length]) => to - from >= length)
  return unit && formatCount((to - from) / unit[1], unit[0])
}

function monthsBetween(from: Date, to: Date): number {
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
  // The day and time: 31T12:00:00.000Z.
  return to.toISOString().slice(-16) < from.toISOString().slice(-16) ? months - 1 : months
}

function formatCount(count: number, unit: string): string {
  const whole = Math.floor(count)
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}
