import {safeText} from './safe-text.js'

/** What a spreadsheet takes for the beginning of a formula; some skip spaces before it, some take its wide forms. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r])/

/**
 * The rows as CSV (RFC 4180): lines end with CRLF, and cells are quoted where they must be. A cell that a spreadsheet
 * would take for a formula gets an apostrophe before it.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${line(cells)}\r\n`).join('')
}

function line(cells: readonly string[]): string {
  // An empty line would be no row to some readers.
  return cells.map((text) => cell(text)).join(',') || '""'
}

function cell(text: string): string {
  const safe = safeText(text)
  const plain = [text, safe].some((each) => FORMULA.test(each)) ? `'${safe}` : safe
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
