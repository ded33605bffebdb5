import {distance} from 'fastest-levenshtein'

import {commandWords} from './is-ours.js'

const TOPIC = 'organization-token'

/** With more edits, the word could be a command of the Astro CLI, such as `workspace-token`. */
const MOST_EDITS = 4

const SHORTER = /^org(ani[sz]ation)?s?[-_]?tokens?$/

/** Whether a command line that `isOurs` rejects probably misspells our topic. */
export function isMisspelling(argv: readonly string[]): boolean {
  const [topic, next, afterToken] = commandWords(argv)
  if (topic !== 'deployment') return false
  return isClose(next) || (next === 'token' && isClose(afterToken))
}

function isClose(word = ''): boolean {
  const lower = word.toLowerCase()
  return SHORTER.test(lower) || distance(lower, TOPIC) <= MOST_EDITS
}
