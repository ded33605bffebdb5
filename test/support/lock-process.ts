import {readFile, rm, writeFile} from 'node:fs/promises'
import {exit} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {acquireLock} from '../../src/lib/locks/lock.js'

// Waits for the lock. Without a counter it holds the lock until the process ends; a signal ends it through `exit`, as in
// the commands. Otherwise it adds one to the counter, in a way that loses counts if two processes do it at once.
const [path = '', counter, afterTakeOverMs = '0'] = process.argv.slice(2)
for (const event of ['disconnect', 'SIGTERM']) process.on(event, () => exit(143))
const onWait = () => process.send?.('waiting')
const held = await acquireLock(path, {purpose: 'a test', afterTakeOverMs: Number(afterTakeOverMs), onWait})
process.send?.('held')
if (counter !== undefined) {
  // Fails if another process is inside.
  await writeFile(`${counter}.inside`, '', {flag: 'wx'})
  const count = Number(await readFile(counter, 'utf8'))
  await sleep(5 + Math.random() * 10)
  await writeFile(counter, String(count + 1))
  await rm(`${counter}.inside`)
  await held.release()
  exit()
}
