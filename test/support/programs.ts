import {symlinkSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {BIN, newFolder} from './run-cli.js'

const JQ = fileURLToPath(new URL('jq.js', import.meta.url))

/** A new directory with this project's `astro`, and a `jq` that needs no installation. */
export function programFolder(): string {
  const folder = newFolder('bin')
  symlinkSync(BIN, join(folder, 'astro'))
  symlinkSync(JQ, join(folder, 'jq'))
  return folder
}

/** A PATH that starts with this directory and this process's Node.js. */
export function pathWith(folder: string): string {
  return [folder, dirname(process.execPath), process.env.PATH].join(delimiter)
}
