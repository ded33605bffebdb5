import {decode, encode, type SourceMapSegment} from '@jridgewell/sourcemap-codec'
import {type Metafile} from 'esbuild'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {basename} from 'node:path'

interface SourceMap {
  readonly sources: readonly string[]
  readonly sourcesContent: readonly string[]
  readonly mappings: string
}

/**
 * Makes the source maps of a build lead to our sources alone, whose text they hold. Those of the libraries are not
 * published, and would be larger than all the rest. A file without any source of ours is left without a map.
 */
export async function keepMapsOfOurSources({outputs}: Metafile): Promise<void> {
  const files = Object.keys(outputs).filter((file) => file.endsWith('.map'))
  await Promise.all(files.map(async (file) => keepOurSources(file)))
}

async function keepOurSources(file: string): Promise<void> {
  const map = JSON.parse(await readFile(file, 'utf8')) as SourceMap
  const ours = map.sources.flatMap((source, index) => (/^(?:\.\.\/)+src\//.test(source) ? [index] : []))
  if (ours.length > 0) {
    await writeFile(file, JSON.stringify(restricted(map, ours)))
    return
  }

  await rm(file)
  const code = file.replace(/\.map$/, '')
  const comment = `//# sourceMappingURL=${basename(file)}\n`
  await writeFile(code, (await readFile(code, 'utf8')).replace(comment, ''))
}

/** The map with only these of its sources; what comes from others has no source. */
function restricted(map: SourceMap, kept: readonly number[]): SourceMap {
  const newIndex = new Map(kept.map((index, position) => [index, position]))
  const lines = decode(map.mappings).map((line) => {
    const segments: SourceMapSegment[] = []
    for (const [column, source, sourceLine, sourceColumn] of line) {
      const index = source === undefined ? undefined : newIndex.get(source)
      if (index !== undefined) segments.push([column, index, sourceLine ?? 0, sourceColumn ?? 0])
      else if (segments.at(-1)?.length !== 1) segments.push([column])
    }

    return segments
  })
  const of = (list: readonly string[]) => kept.map((index) => list[index] ?? '')
  return {...map, sources: of(map.sources), sourcesContent: of(map.sourcesContent), mappings: encode(lines)}
}
