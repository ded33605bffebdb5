import {decode, encode, type SourceMapSegment} from '@jridgewell/sourcemap-codec'
import {readFile, writeFile} from 'node:fs/promises'

interface SourceMap {
  readonly sources: readonly (null | string)[]
  readonly mappings: string
}

/**
 * Limits a source map to our own sources. The sources of the libraries are not published, and their positions would
 * make the map larger than the program.
 */
export async function mapOurSourcesOnly(file: string): Promise<void> {
  const map = JSON.parse(await readFile(file, 'utf8')) as SourceMap
  const sources = map.sources.map((source) => (source?.startsWith('../src/') ? source : null))
  const lines = decode(map.mappings).map((line) =>
    line
      .map(([column, source = -1, sourceLine = 0, sourceColumn = 0]): SourceMapSegment =>
        sources[source] ? [column, source, sourceLine, sourceColumn] : [column],
      )
      .filter((segment, index, segments) => segment.length > 1 || segments[index - 1]?.length !== 1),
  )
  await writeFile(file, JSON.stringify({...map, mappings: encode(lines), names: [], sources}))
}
