import {type ChalkInstance} from 'chalk'

/** On a terminal, Node.js decides. A pipe has colors only with FORCE_COLOR. chalk's own detection ignores NO_COLOR. */
export async function paintFor(
  stream: {readonly isTTY?: boolean; hasColors?(): boolean},
  {FORCE_COLOR = '0'}: Readonly<Record<string, string | undefined>>,
): Promise<ChalkInstance> {
  const {Chalk} = await import('chalk')
  const hasColors = stream.isTTY ? (stream.hasColors?.() ?? false) : !['0', 'false'].includes(FORCE_COLOR)
  return new Chalk({level: hasColors ? 1 : 0})
}
