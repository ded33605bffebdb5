/** More than any of the simulations takes. */
const LONGEST_MS = 1_200_000

export type VirtualTime = ReturnType<typeof createVirtualTime>

/** Time that passes only when nothing is left to do at the present moment. Equal times keep their order. */
export function createVirtualTime() {
  let now = 0
  const events: {readonly at: number; readonly wake: () => void}[] = []
  return {
    now: () => now,
    sleep: async (milliseconds: number) =>
      new Promise<void>((resolve) => {
        const at = now + milliseconds
        const place = events.findIndex((event) => event.at > at)
        events.splice(place === -1 ? events.length : place, 0, {at, wake: resolve})
      }),
    /** Does the work, which may start more, until everything that sleeps has woken up. Rejects with the first error. */
    async run(work: readonly (() => Promise<unknown>)[]): Promise<void> {
      const failures: unknown[] = []
      for (const each of work) each().catch((error: unknown) => failures.push(error))
      for (;;) {
        // Lets every promise go as far as it can.
        await new Promise(setImmediate)
        if (failures.length > 0) throw failures[0]
        const event = events.shift()
        if (!event) return
        now = event.at
        if (now > LONGEST_MS) throw new Error('The simulation does not end')
        event.wake()
      }
    },
  }
}
