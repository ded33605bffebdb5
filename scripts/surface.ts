/** Accepts the current commands, flags and exit codes: writes them to the file that the tests compare them with. */
import {writeFile} from 'node:fs/promises'

import {readSurface} from '../test/surface/surface.js'

const accepted = new URL('../test/surface/surface.json', import.meta.url)
await writeFile(accepted, await readSurface())
