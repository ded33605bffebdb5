import {decode, type SourceMapSegment} from '@jridgewell/sourcemap-codec'
import {type Metafile} from 'esbuild'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

/** The package's directory, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What the build says of each file in dist. */
export const {outputs} = JSON.parse(readFileSync(`${ROOT}tmp/meta.json`, 'utf8')) as Metafile

/** The file in dist that a source or a library begins with; its path from the package's directory. */
export function builtFrom(entryPoint: string): string {
  const [file] = Object.entries(outputs).find(([, output]) => output.entryPoint === entryPoint) ?? []
  if (file === undefined) throw new Error(`nothing in dist is built from ${entryPoint}`)
  return file
}

/** What Node.js writes with NODE_V8_COVERAGE, as far as it is read here. */
export interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {readonly ranges: readonly {readonly count: number; readonly startOffset: number}[]}[]
  }[]
}

const PROGRAM = join(ROOT, 'dist', 'program.cjs')
const {mappings, sources} = JSON.parse(readFileSync(join(ROOT, 'tmp', 'program.cjs.map'), 'utf8')) as {
  readonly mappings: string
  readonly sources: readonly string[]
}
const lines = decode(mappings)
const lengths = readFileSync(PROGRAM, 'utf8')
  .split('\n')
  .map((line) => line.length + 1)

/** The sources, by their paths from the package's directory, of which the run has called a function in the bundle. */
export function sourcesRun({result}: Coverage): readonly string[] {
  const program = result.find(({url}) => url === pathToFileURL(PROGRAM).href)
  const called = program?.functions.flatMap(({ranges: [whole]}) => (whole && whole.count > 0 ? [whole] : [])) ?? []
  // The function that has everything in it belongs to no source.
  const offsets = called.map(({startOffset}) => startOffset).filter((offset) => offset > 0)
  return [...new Set(offsets.map((offset) => sourceAt(offset)))]
}

/** The source of what comes next behind this place of the bundle. */
function sourceAt(offset: number): string {
  let line = 0
  let column = offset
  for (const length of lengths) {
    if (column < length) break
    column -= length
    line += 1
  }

  const isBehind = ([start]: SourceMapSegment) => start >= column
  const [, source = -1] = lines[line]?.find((segment) => segment.length > 1 && isBehind(segment)) ?? []
  return sources[source]?.replace('../', '') ?? ''
}
