import {execute} from '@oclif/core/execute'
import {type Options} from '@oclif/core/interfaces'
import {settings} from '@oclif/core/settings'
import {exit} from 'node:process'

import {redact} from '../../lib/errors.js'

/** Runs the standalone program on this process's arguments. The options say which commands it has. */
export async function runProgram(loadOptions: Options): Promise<void> {
  process.stdout.on('error', stdoutFailed)
  // oclif quotes the command line if a command does not exist, and with DEBUG always.
  process.argv = process.argv.map((word) => redact(word))
  // With NODE_ENV=development, oclif would look for the TypeScript sources of what is already built.
  settings.enableAutoTranspile = false
  await execute({loadOptions})
}

/** Ends the program if its output cannot be written, as on a full disk. A reader that went away is no failure. */
function stdoutFailed({code}: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  process.stderr.write(`Error: stdout cannot be written (${code ?? 'for a reason that is not known'}).\n`)
  exit(1)
}
