const HELP = new Set(['--help', '-h'])

/** Words that ask for this program's own help or version. */
const ABOUT = new Set(['--help', '--version', '-h', '-v', 'help'])

/**
 * Whether this program runs a command line itself. Both programs are called `astro`: any other command line is for the
 * Astro CLI.
 */
export function isOurs(argv: readonly string[]): boolean {
  const [topic, ...words] = commandWords(argv)
  if (topic === undefined || topic === 'autocomplete') return true
  if (topic !== 'deployment') return false
  const [next, ...others] = words[0] === 'token' ? words.slice(1) : words
  if (next === undefined || next === 'organization-token') return true
  return HELP.has(next) && others.length === 0
}

/** The words that name a command: what follows `help` and its like, with `deployment:token` as two words. */
export function commandWords(argv: readonly string[]): string[] {
  const start = argv.findIndex((word) => !ABOUT.has(word))
  return start === -1 ? [] : argv.slice(start).flatMap((word) => word.split(':'))
}
