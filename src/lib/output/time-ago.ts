const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * How long ago a time was, in the largest whole unit of days, hours and minutes: `3 days ago`, `1 hour ago`. Below a
 * minute, and for a time that is still to come, `Just now`. Empty for a time that is absent or no time at all.
 */
export function timeAgo(time: string | undefined, now: Date): string {
  const passed = now.getTime() - Date.parse(time ?? '')
  if (Number.isNaN(passed)) return ''
  if (passed >= DAY) return ago(passed / DAY, 'day')
  if (passed >= HOUR) return ago(passed / HOUR, 'hour')
  if (passed >= MINUTE) return ago(passed / MINUTE, 'minute')
  return 'Just now'
}

function ago(count: number, unit: string): string {
  const whole = Math.floor(count)
  return `${whole} ${unit}${whole === 1 ? '' : 's'} ago`
}
