import {exit} from 'node:process'

import {acquireLock} from '../../src/lib/locks/lock.js'

// Holds the lock at the given path until the process ends; a signal ends it through `exit`, as in the commands.
process.on('SIGTERM', () => {
  exit(143)
})
process.on('disconnect', () => {
  exit()
})
await acquireLock(process.argv[2] ?? '', {purpose: 'a test'})
process.send?.('held')
setInterval(() => {
  // Nothing to do but to be there.
}, 60_000)
