import {type ChalkInstance} from 'chalk'

/**
 * Colours for a stream: what Node knows of the terminal, NO_COLOR, FORCE_COLOR and TERM=dumb; into a pipe none, unless
 * FORCE_COLOR asks for them. chalk's own judgement does not know NO_COLOR.
 */
export async function paintFor(
  stream: {readonly isTTY?: boolean; hasColors?(): boolean},
  {FORCE_COLOR = '0'}: Readonly<Record<string, string | undefined>>,
): Promise<ChalkInstance> {
  const {Chalk} = await import('chalk')
  const hasColors = stream.isTTY ? (stream.hasColors?.() ?? false) : !['0', 'false'].includes(FORCE_COLOR)
  return new Chalk({level: hasColors ? 1 : 0})
}
