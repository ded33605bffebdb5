import {type Metafile} from 'esbuild'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

/** The package's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What the build says of each file in dist. */
export const {outputs} = JSON.parse(readFileSync(`${ROOT}tmp/meta.json`, 'utf8')) as Metafile

/** The file in dist that a source or a library begins with; its path from the package's folder. */
export function builtFrom(entryPoint: string): string {
  const [file] = Object.entries(outputs).find(([, output]) => output.entryPoint === entryPoint) ?? []
  if (file === undefined) throw new Error(`nothing in dist is built from ${entryPoint}`)
  return file
}
