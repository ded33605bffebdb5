import {once} from 'node:events'
import {exit} from 'node:process'

import {type WriteState} from '../lib/roles/role-write.js'

/** Writes the text, and waits until a full pipe takes it: ending the process before would cut off the rest. */
export async function writeWhole(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain')
}

export interface StdoutGuard {
  listen(): void
  stopListening(): void
}

/**
 * Ends the process if the result cannot be written to stdout, for example because the disk is full, and says whether
 * roles were updated. A reader that closed the pipe is no error.
 */
export function createStdoutGuard(writeState: () => undefined | WriteState): StdoutGuard {
  const onError = ({code}: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return
    const outcome = writeState() === 'written' ? ' The roles were updated.' : ''
    process.stderr.write(`Error: Could not write to stdout (${code ?? 'unknown error'}).${outcome}\n`)
    exit(1)
  }

  return {
    listen() {
      // First, since the listener of the program or the host does not know about the roles.
      process.stdout.prependListener('error', onError)
    },
    stopListening() {
      process.stdout.off('error', onError)
    },
  }
}
