import {type PJSON} from '@oclif/core/interfaces'
import {readFile} from 'node:fs/promises'
import {exit} from 'node:process'
import {fileURLToPath} from 'node:url'

import {isOurs} from './cli/standalone/is-ours.js'
import {standalonePackage} from './cli/standalone/standalone-package.js'
import {redact} from './lib/errors.js'

/** Runs the command line of this process, or hands it to the next `astro` on PATH if it is not ours. */
export async function main(): Promise<void> {
  try {
    if (!(await isHandedOver(process.argv.slice(2)))) await runOurs()
  } catch (error) {
    const {reportError} = await import('./cli/standalone/report-error.js')
    await reportError(error instanceof Error ? error : new Error(String(error)))
  }
}

async function isHandedOver(argv: readonly string[]): Promise<boolean> {
  if (isOurs(argv)) return false
  const {handOver} = await import('./cli/standalone/hand-over.js')
  return handOver(argv)
}

/**
 * Runs the standalone program on this process's arguments. Its root is the folder of this file, not that of the package:
 * the manifest there, which no host sees, has commands of its own such as `help`.
 */
async function runOurs(): Promise<void> {
  process.stdout.on('error', stdoutFailed)
  // What is said of a command that does not exist, and with DEBUG of any, quotes the command line.
  process.argv = process.argv.map((word) => redact(word))
  const [{default: core}, manifest] = await Promise.all([
    import('@oclif/core/run'),
    readFile(new URL('../package.json', import.meta.url), 'utf8'),
  ])
  await core.run(process.argv.slice(2), {
    devPlugins: false,
    pjson: standalonePackage(JSON.parse(manifest) as PJSON),
    root: fileURLToPath(new URL('.', import.meta.url)),
    userPlugins: false,
  })
}

/** Ends the program when its output has no place to go, as on a full disk. That a reader went away is no failure. */
function stdoutFailed({code}: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  process.stderr.write(`Error: Could not write to stdout (${code ?? 'unknown error'}).\n`)
  exit(1)
}
