// Told to Node with --import: the most memory that the process had, in kilobytes, goes to file descriptor 3 at its end.
import {writeSync} from 'node:fs'

process.once('exit', () => {
  writeSync(3, String(process.resourceUsage().maxRSS))
})
