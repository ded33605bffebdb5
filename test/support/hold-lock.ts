import {acquireLock} from '../../src/lib/locks/lock.js'

// A process that holds the lock at the path it is given, and says so, until it is ended.
await acquireLock(process.argv[2] ?? '', {purpose: 'a test'})
process.send?.('held')
setInterval(() => {
  // Nothing to do but to be there.
}, 60_000)
