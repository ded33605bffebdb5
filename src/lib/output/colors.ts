import {type ChalkInstance} from 'chalk'

/** Colors for a stream. Node knows those of a terminal; a pipe has colors only with FORCE_COLOR. */
export async function paintFor(
  stream: {readonly isTTY?: boolean; hasColors?(): boolean},
  {FORCE_COLOR = '0'}: Readonly<Record<string, string | undefined>>,
): Promise<ChalkInstance> {
  const {Chalk} = await import('chalk')
  // chalk's own detection ignores NO_COLOR.
  const hasColors = stream.isTTY ? (stream.hasColors?.() ?? false) : !['0', 'false'].includes(FORCE_COLOR)
  return new Chalk({level: hasColors ? 1 : 0})
}
