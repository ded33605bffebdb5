import {setTimeout as sleep} from 'node:timers/promises'

/** Resolves once the condition holds. Checks it every few milliseconds; rejects after this many of them. */
export async function until(holds: () => boolean, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`This did not happen within ${withinMs} ms: ${holds.toString()}`)
    await sleep(2)
  }
}
