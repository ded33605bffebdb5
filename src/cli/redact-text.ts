import {redact} from '../lib/errors.js'

/** Redacts every token in the text, and the value of ASTRO_API_TOKEN. */
export function redactText(text: string): string {
  return redact(text, process.env.ASTRO_API_TOKEN)
}
