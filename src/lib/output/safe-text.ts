import {stripVTControlCharacters} from 'node:util'

/**
 * Control strings (ECMA-48, 8.3.89 and its like): what sets a title or makes a link, up to its terminator. The rest of
 * an escape sequence's kinds is short, and Node's own function knows them.
 */
const CONTROL_STRINGS =
  /(?:\u001B[PX\]^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?/g

/** White space that would break a line or a column, in runs. */
const BREAKS = /[\t-\r\u0085\u2028\u2029]+/g

/**
 * What a terminal obeys or does not show: control characters, format characters such as bidirectional overrides and
 * zero-width spaces, and fillers. The joiners and variation selectors that scripts and emoji need are let through.
 */
const UNSAFE = /(?![\u200C\u200D\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** What JSON shows as escapes: all that and the joiners, and what some readers take for the end of a line. */
const ESCAPED_IN_JSON = /(?![\n\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu

/**
 * One line that is safe to show on any terminal and in any column. Escape sequences are taken out, line breaks and
 * tabs become a space, and any other character that a terminal would obey or hide becomes U+FFFD, so that a name made
 * to deceive looks like one.
 */
export function safeText(text: string): string {
  const plain = stripVTControlCharacters(text.toWellFormed().replaceAll(CONTROL_STRINGS, ''))
  return plain.replaceAll(BREAKS, ' ').replaceAll(UNSAFE, '\uFFFD')
}

/** JSON with the true text in it, and every character that `safeText` would replace written as an escape. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(ESCAPED_IN_JSON, escaped)
}

/** The JSON escape of a character: one for each of its UTF-16 units. */
function escaped(character: string): string {
  return Buffer.from(character, 'utf16le')
    .swap16()
    .toString('hex')
    .replaceAll(/.{4}/g, String.raw`\u$&`)
}
