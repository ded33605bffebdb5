const HELP = new Set(['--help', '-h'])

/** Words that show this program's own help or version. */
const ABOUT = new Set(['--help', '--version', '-h', '-v', 'help'])

/** Whether this program runs the command line itself instead of passing it to the Astro CLI. */
export function isOurs(argv: readonly string[]): boolean {
  const [topic, ...words] = commandWords(argv)
  if (topic === undefined || topic === 'autocomplete') return true
  if (topic !== 'deployment') return false
  const [next, ...others] = words[0] === 'token' ? words.slice(1) : words
  if (next === undefined || next === 'organization-token') return true
  return HELP.has(next) && others.length === 0
}

/** Each kind has its own cache of compiled code, because reading code that the run does not need takes time. */
export function kindOfRun(argv: readonly string[]): string {
  if (argv.some((word) => ABOUT.has(word))) return 'help'
  const words = commandWords(argv)
  return ['add', 'list', 'remove', 'update', 'autocomplete'].find((name) => words.includes(name)) ?? 'other'
}

/** The words of the command, without `help` and such before it. Splits `deployment:token` into two words. */
export function commandWords(argv: readonly string[]): string[] {
  const start = argv.findIndex((word) => !ABOUT.has(word))
  return start === -1 ? [] : argv.slice(start).flatMap((word) => word.split(':'))
}
