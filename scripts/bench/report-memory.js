// Loaded with `node --import`: writes the peak memory of the process, in kilobytes, to file descriptor 3.
import {writeSync} from 'node:fs'

process.once('exit', () => {
  writeSync(3, String(process.resourceUsage().maxRSS))
})
