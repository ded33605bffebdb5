import {stripVTControlCharacters} from 'node:util'

/** Makes a text safe to print on one line of any terminal. A deceptive character becomes U+FFFD, so that it is seen. */
export function safeText(text: string): string {
  return /^[ -~]*$/.test(text) ? text : replaceUnsafe(text)
}

/** Formats JSON with the exact text, but escapes every character that `safeText` would replace. */
export function safeJson(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2)
  return /^[\n -~]*$/.test(json) ? json : escapeUnsafe(json)
}

// The patterns stand in the functions that use them, because Node.js takes a millisecond to create them.

function replaceUnsafe(text: string): string {
  /** Control strings (ECMA-48, 8.3.89), up to their terminator. Node's own function removes other escape sequences. */
  const controlStrings =
    /(?:\u001B[PX\]^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?/g
  /** Runs of white space that would break a line or a column. */
  const breaks = /[\t-\r\u0085\u2028\u2029]+/g
  /** Characters that a terminal executes or hides, except the joiners and variation selectors of scripts and emoji. */
  const unsafe = /(?![\u200C\u200D\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
  const plain = stripVTControlCharacters(text.toWellFormed().replaceAll(controlStrings, ''))
  return plain.replaceAll(breaks, ' ').replaceAll(unsafe, '\uFFFD')
}

function escapeUnsafe(json: string): string {
  /** All that is unsafe on a terminal, the joiners, and the line separators of some readers. */
  const escaped = /(?![\n\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu
  return json.replaceAll(escaped, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return Buffer.from(character, 'utf16le')
    .swap16()
    .toString('hex')
    .replaceAll(/.{4}/g, String.raw`\u$&`)
}
