import {redact} from '../lib/errors.js'

/** Redacts everything in the text that looks like a credential, and every part of ASTRO_API_TOKEN. */
export function redactText(text: string): string {
  return redact(text, process.env.ASTRO_API_TOKEN)
}
