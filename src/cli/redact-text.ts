import {redact} from '../lib/errors.js'

/** Replaces what looks like a credential in the text, and every part of ASTRO_API_TOKEN. */
export function redactText(text: string): string {
  return redact(text, process.env.ASTRO_API_TOKEN)
}
