import fc from 'fast-check'

import {type ApiToken} from '../../../src/lib/astro-api/responses.js'
import {safeText} from '../../../src/lib/output/safe-text.js'
import {type Output, type TableColumn} from '../../../src/lib/output/table.js'

export const NOW = new Date('2026-03-10T12:00:00Z')

/** A text that a terminal would obey, and how it is shown. */
export const HOSTILE = 'a\u001B[31mb\tc\nd\u202Ee'
export const SAFE = 'ab c d\uFFFDe'

export const BARE: ApiToken = {id: 'cltok2', name: 'bare', scope: 'ORGANIZATION'}

/** Pieces of text that take no, one or two columns, combine, or run from right to left. */
const PIECES =
  '本番 한국어 \u1112\u1161\u11AB ｶﾞ Zu\u0308rich \u0301 Z\u0351\u036B\u0343algo हिन्दी กำลัง مرحبا שלום می\u200Cخواهم ' +
  '👩\u200D👩\u200D👧 🇩🇪 ❤\uFE0F 👍🏽 1\uFE0F\u20E3 👩 ﬀ … nightly-load'
const piece = fc.oneof(
  fc.constantFrom(' ', ...PIECES.split(' ')),
  fc.string({unit: 'grapheme', maxLength: 4}),
  fc.string({maxLength: 8}),
)
/** Texts that are safe to show, with and without characters that take other than one column. */
export const TEXT = fc.array(piece, {maxLength: 12}).map((pieces) => safeText(pieces.join('')).trim())

const DESCRIPTION: TableColumn = {header: 'DESCRIPTION', kind: 'description'}
const CREATED: TableColumn = {header: 'CREATED', kind: 'short'}
/** Columns of every kind. */
export const COLUMNS: readonly TableColumn[] = [
  {header: 'ID', kind: 'id'},
  {header: 'NAME', kind: 'name'},
  DESCRIPTION,
  {header: 'DEPLOYMENT_ROLE', kind: 'role'},
  CREATED,
  {header: 'LAST', kind: 'short'},
]
/** The columns that may be hidden, in this order. */
export const HIDEABLE = [CREATED, DESCRIPTION]

/** A terminal, or a pipe. */
export type Screen = Omit<Output, 'write'>

/** The text that `work` writes to the screen, a pipe by default. */
export async function writtenBy(work: (output: Output) => unknown, screen: Screen = {}): Promise<string> {
  const texts: string[] = []
  await work({...screen, write: (text) => texts.push(text)})
  return texts.join('')
}

/** Each line without the spaces at its end, which do not show. */
export function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd())
}
