import {type ScopedToken} from '../token-scoping.js'
import {creatorOf} from './result-json.js'
import {safeText} from './safe-text.js'
import {timeAgo} from './time-ago.js'

/** The columns of `list`, in their order. */
const HEADERS = ['ID', 'NAME', 'DESCRIPTION', 'SCOPE', 'DEPLOYMENT_ROLE', 'CREATED', 'CREATED BY'] as const

export type ListRow = Readonly<Record<(typeof HEADERS)[number], string>>

/** A row for each token, its texts made safe to show. */
export function listRows(tokens: readonly ScopedToken[], now: Date): ListRow[] {
  return tokens.map(({role, token}) => ({
    ID: safeText(token.id),
    NAME: safeText(token.name),
    DESCRIPTION: safeText(token.description ?? ''),
    SCOPE: safeText(token.scope),
    DEPLOYMENT_ROLE: safeText(role ?? ''),
    CREATED: timeAgo(token.createdAt, now),
    'CREATED BY': safeText(creatorOf(token) ?? ''),
  }))
}

/** The rows as lines for another program: a header, then a line each, cells parted by one tab. */
export function tabSeparated(rows: readonly ListRow[]): string {
  return [HEADERS, ...rows.map((row) => HEADERS.map((header) => row[header]))]
    .map((cells) => `${cells.join('\t')}\n`)
    .join('')
}

/** Above this many rows a table with borders takes seconds to draw; its plain form does not. */
const MOST_ROWS_WITH_BORDERS = 100

/** Spaces beside each cell, and the border that follows it. */
const CELL_MARGIN = 3

/**
 * Writes the rows to the terminal on stdout, which is `width` columns wide, as a table. Where they do not fit, the
 * descriptions are broken into lines; what one copies from there, such as IDs and names, stays whole.
 */
export async function printTable(rows: readonly ListRow[], width: number): Promise<void> {
  const [table, {default: widthOf}] = await Promise.all([import('@oclif/table'), import('string-width')])
  // The library reads its limit at each call; whoever has set one keeps it.
  process.env.OCLIF_TABLE_LIMIT ??= String(MOST_ROWS_WITH_BORDERS + 1)
  let excess = 1 - width
  for (const key of HEADERS) excess += widest(rows, key, widthOf) + CELL_MARGIN
  const description = widest(rows, 'DESCRIPTION', widthOf)
  const narrowed = Math.max(description - excess, 'DESCRIPTION'.length) + CELL_MARGIN - 1
  table.printTable({
    borderStyle: 'headers-only-with-underline',
    columns: HEADERS.map((key) => ({key, name: key, ...(key === 'DESCRIPTION' && excess > 0 && {width: narrowed})})),
    data: [...rows],
    headerOptions: {bold: true, formatter: (header) => header},
    maxWidth: 'none',
    overflow: 'wrap',
  })
}

/** The width of a column's widest text, its header included. */
function widest(rows: readonly ListRow[], key: keyof ListRow, widthOf: (text: string) => number): number {
  let most = key.length
  for (const row of rows) most = Math.max(most, widthOf(row[key]))
  return most
}
