import {safeText} from './safe-text.js'

/** The start of a formula in a spreadsheet. Some programs skip leading spaces, and some accept full-width forms. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r])/

/**
 * Formats the rows as CSV (RFC 4180): lines end with CRLF, and cells have quotes only if necessary. Puts an apostrophe
 * before a cell that a spreadsheet would read as a formula.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${line(cells)}\r\n`).join('')
}

function line(cells: readonly string[]): string {
  // Some readers skip an empty line.
  return cells.map((text) => cell(text)).join(',') || '""'
}

function cell(text: string): string {
  const safe = safeText(text)
  const plain = [text, safe].some((each) => FORMULA.test(each)) ? `'${safe}` : safe
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
