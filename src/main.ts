import {execute} from '@oclif/core/execute'
import {type PJSON} from '@oclif/core/interfaces'
import {readFile} from 'node:fs/promises'
import {exit} from 'node:process'
import {fileURLToPath} from 'node:url'

import {redact} from './lib/errors.js'

/**
 * Runs the standalone program on this process's arguments. Its root is the folder of this file, not that of the package:
 * the manifest there, which no host sees, has commands of its own such as `help`.
 */
export async function main(): Promise<void> {
  process.stdout.on('error', stdoutFailed)
  // What is said of a command that does not exist, and with DEBUG of any, quotes the command line.
  process.argv = process.argv.map((word) => redact(word))
  const pjson = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as PJSON
  const hooks = {command_not_found: {identifier: 'commandNotFound', target: './cli/standalone/command-not-found'}}
  await execute({
    loadOptions: {
      devPlugins: false,
      pjson: {...pjson, oclif: {...pjson.oclif, commands: './commands', hooks}},
      root: fileURLToPath(new URL('.', import.meta.url)),
      userPlugins: false,
    },
  })
}

/** Ends the program when its output has no place to go, as on a full disk. That a reader went away is no failure. */
function stdoutFailed({code}: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  process.stderr.write(`Error: Could not write to stdout (${code ?? 'unknown error'}).\n`)
  exit(1)
}
