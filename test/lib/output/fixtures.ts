import {type ApiToken} from '../../../src/lib/astro-api/responses.js'
import {type Output} from '../../../src/lib/output/list.js'

export const NOW = new Date('2026-03-10T12:00:00Z')

/** A text that a terminal would obey, and how it is shown. */
export const HOSTILE = 'a\u001B[31mb\tc\nd\u202Ee'
export const SAFE = 'ab c d\uFFFDe'

export const BARE: ApiToken = {id: 'cltok2', name: 'bare', scope: 'ORGANIZATION'}

/** A token with everything that the API knows about one. */
export const FULL: ApiToken = {
  id: 'cltok1',
  name: 'etl, prod',
  description: '=1',
  scope: 'ORGANIZATION',
  kind: 'DIRECT_ACCESS',
  createdAt: '2026-03-07T12:00:00Z',
  createdBy: {id: 'clusr1', fullName: 'Jo Doe', username: 'jo@example.com'},
  updatedAt: '2025-03-07T12:00:00Z',
  endAt: '2026-03-22T13:00:00Z',
  lastUsedAt: '2025-12-09T13:00:00+02:00',
  lastRotatedAt: '2026-03-10T11:00:00Z',
  roles: [{entityType: 'DEPLOYMENT', entityId: 'd1', role: 'r'}],
}

/** A terminal, or a pipe. */
export type Screen = Omit<Output, 'write'>

/** The text that `work` writes to the screen, a pipe by default. */
export async function writtenBy(work: (output: Output) => Promise<void>, screen: Screen = {}): Promise<string> {
  const texts: string[] = []
  await work({...screen, write: (text) => texts.push(text)})
  return texts.join('')
}

/** Each line without the spaces at its end, which do not show. */
export function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd())
}
