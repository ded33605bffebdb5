import {stripVTControlCharacters} from 'node:util'

/** Control strings (ECMA-48, 8.3.89), up to their terminator. Node's own function removes other escape sequences. */
const CONTROL_STRINGS =
  /(?:\u001B[PX\]^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?/g

/** Runs of white space that would break a line or a column. */
const BREAKS = /[\t-\r\u0085\u2028\u2029]+/g

/** Characters that a terminal executes or hides, except the joiners and variation selectors that scripts and emoji need. */
const UNSAFE = /(?![\u200C\u200D\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Characters to escape in JSON: all of UNSAFE, the joiners, and the line separators of some readers. */
const ESCAPED_IN_JSON = /(?![\n\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu

/** Makes a text safe to print on one line of any terminal. A deceptive character becomes U+FFFD, so that it is seen. */
export function safeText(text: string): string {
  // The patterns below take a millisecond to compile.
  if (/^[ -~]*$/.test(text)) return text
  const plain = stripVTControlCharacters(text.toWellFormed().replaceAll(CONTROL_STRINGS, ''))
  return plain.replaceAll(BREAKS, ' ').replaceAll(UNSAFE, '\uFFFD')
}

/** Formats JSON with the exact text, but escapes every character that `safeText` would replace. */
export function safeJson(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2)
  return /^[\n -~]*$/.test(json) ? json : json.replaceAll(ESCAPED_IN_JSON, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return Buffer.from(character, 'utf16le')
    .swap16()
    .toString('hex')
    .replaceAll(/.{4}/g, String.raw`\u$&`)
}
