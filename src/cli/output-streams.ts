import {once} from 'node:events'
import {exit} from 'node:process'

import {type WriteState} from '../lib/roles/write.js'

/** Writes the text and waits until a full pipe accepts it. If the process ended earlier, the rest would be lost. */
export async function writeWhole(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain')
}

let currentState: (() => WriteState) | undefined

/**
 * Ends the process if the result cannot be written to stdout, for example because the disk is full. The error says
 * whether roles were updated. A closed pipe is not an error. The listener stays, because the error may come after the
 * command has ended.
 */
export function guardStdout(writeState?: () => WriteState): void {
  currentState = writeState
  if (process.stdout.listeners('error').includes(onStdoutError)) return
  // Runs first: the listeners of oclif and of the host end the process without saying whether the roles were updated.
  process.stdout.prependListener('error', onStdoutError)
}

function onStdoutError({code}: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  const outcome = currentState?.() === 'written' ? ' The roles were updated.' : ''
  process.stderr.write(`Error: Could not write to stdout (${code ?? 'unknown error'}).${outcome}\n`)
  exit(1)
}
