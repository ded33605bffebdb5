import {readFile, rm, writeFile} from 'node:fs/promises'
import {exit} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {acquireLock} from '../../src/lib/locks/lock.js'

// Waits for the lock. Without a counter it holds the lock until the process ends. Otherwise it adds one to the counter,
// in a way that loses counts if two processes do it at once. A take-over takes a tenth of its usual time.
const [path = '', counter] = process.argv.slice(2)
for (const event of ['disconnect', 'SIGTERM']) process.on(event, () => exit(143))
const result = await acquireLock(path, {
  clock: {now: () => Date.now(), sleep: async (ms) => sleep(ms === 5000 ? 500 : ms), random: () => Math.random()},
  report: {warn() {}, debug() {}, status: (text) => process.send?.(text)},
  settlesAfterTakeOver: true,
})
if (result.kind !== 'held') throw new Error(result.kind)
process.send?.('held')
if (counter !== undefined) {
  // Fails if another process is inside.
  await writeFile(`${counter}.inside`, '', {flag: 'wx'})
  const count = Number(await readFile(counter, 'utf8'))
  await sleep(5 + Math.random() * 10)
  await writeFile(counter, String(count + 1))
  await rm(`${counter}.inside`)
  await result.lock.release()
  exit()
}
