import {exit} from 'node:process'

import {ignore} from '../lib/helpers.js'
import {type WriteProgress} from '../lib/roles/write.js'

/** Writes the text. Waits while the stream is full, but not if it fails, which `guardOutput` handles. */
export async function writeWhole(stream: NodeJS.WritableStream, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const hasRoom = stream.write(text, () => {
      resolve()
    })
    if (hasRoom) resolve()
  })
}

let currentWrite: undefined | WriteProgress

/**
 * Ends the process if the result cannot be written to stdout, for example because the disk is full. The error says
 * whether roles were updated. A closed pipe is not an error, and text that stderr cannot print is lost. The listeners
 * stay, because an error may come after the command has ended.
 */
export function guardOutput(write?: WriteProgress): void {
  currentWrite = write
  if (process.stdout.listeners('error').includes(onStdoutError)) return
  // Runs first: the listeners of oclif and of the host end the process without saying whether the roles were updated.
  process.stdout.prependListener('error', onStdoutError)
  process.stderr.on('error', ignore)
}

function onStdoutError({code}: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  const outcome = currentWrite?.state === 'written' ? ' The roles were updated.' : ''
  process.stderr.write(`Error: Could not write to stdout (${code ?? 'unknown error'}).${outcome}\n`)
  exit(1)
}
