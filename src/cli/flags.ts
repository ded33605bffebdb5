import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

import {AstroError} from '../lib/errors.js'
import {parseId} from '../lib/selection/ids.js'

/** Arguments and flags of the commands. Each normalizes its value and throws `usage` for an invalid one. */

const DEPLOYMENT = {helpGroup: 'DEPLOYMENT'} as const
const TOKEN = {helpGroup: 'TOKEN'} as const
const AUDIT = {helpGroup: 'AUDIT'} as const
const SAFETY = {helpGroup: 'SAFETY'} as const
const OUTPUT = {helpGroup: 'OUTPUT'} as const

/** Repeatable, but not greedy: a TOKEN-ID may follow. */
const MANY = {multiple: true, multipleNonGreedy: true} as const

const textOf = (flag: string) => async (value: string) => {
  if (value.trim()) return value
  throw new AstroError('usage', `${flag} is empty.`, {hint: `Pass a value to ${flag}`})
}

/** The alias is the name in the next major of the Astro CLI. The commands parse the ID. */
const ID = {...DEPLOYMENT, aliases: ['deployment'], helpValue: '<id>'}
const NAME = {...DEPLOYMENT, helpValue: '<name>', parse: textOf('--deployment-name')}
const TOKEN_NAME = {char: 'n', helpValue: '<name>', parse: textOf('--org-token-name')} as const
/** Has no oclif default, because the commands must know whether the user passed the flag. */
const ROLE = {char: 'r', helpValue: '<role>', parse: textOf('--role')} as const

export const tokenIdArg = Args.string({
  description: 'ID of the Organization token; or use --org-token-name',
  // In a shell loop, stdin may belong to the loop: `while read id; do astro …; done`.
  ignoreStdin: true,
  parse: async (value) => parseId(value, {what: 'TOKEN-ID', nameFlag: '--org-token-name'}),
})

const oneDeployment = {
  'deployment-id': Flags.string({...ID, description: 'Deployment ID; or set ASTRO_DEPLOYMENT_ID'}),
  'deployment-name': Flags.string({...NAME, description: 'exact name of the Deployment'}),
}

const manyDeployments = {
  'deployment-id': Flags.string({...ID, ...MANY, description: 'ID, repeatable; or set ASTRO_DEPLOYMENT_ID'}),
  'deployment-name': Flags.string({...NAME, ...MANY, description: 'exact name, repeatable'}),
}

const allDeployments = {
  'all-deployments': Flags.boolean({...DEPLOYMENT, description: 'all Deployments, or all in --workspace-id'}),
  'workspace-id': Flags.string({
    ...DEPLOYMENT,
    aliases: ['workspace'],
    description: 'limit prompts, names and --all-deployments',
    helpValue: '<id>',
    parse: async (value) => parseId(value, {what: '--workspace-id'}),
  }),
}

const tokenNameFlag = Flags.string({
  ...TOKEN,
  ...TOKEN_NAME,
  description: 'exact name of the token, instead of TOKEN-ID',
})

const safetyFlags = {
  yes: Flags.boolean({...SAFETY, char: 'y', description: 'skip every confirmation'}),
  'dry-run': Flags.boolean({...SAFETY, description: 'print what would change, change nothing'}),
  settle: Flags.custom<number>({
    ...SAFETY,
    description: 'check after <seconds>, redo if another writer undid it',
    helpValue: '<seconds>',
    async parse(value) {
      const seconds = Number(value)
      if (/^\d+$/.test(value) && seconds >= 1 && seconds <= 60) return seconds
      throw new AstroError('usage', `--settle is not a whole number from 1 to 60: ${JSON.stringify(value)}.`, {
        hint: 'Use --settle 5 in a CI matrix',
      })
    },
  })(),
}

/** The output flags of every command. oclif's own `--json` would come first in the help. */
export const outputFlags = {
  json: Flags.boolean({...OUTPUT, description: 'print the result or the error as JSON'}),
  /** Hidden, because `--json` is the name of it here. The Astro CLI has `-o json`. */
  output: Flags.string({
    char: 'o',
    hidden: true,
    async parse(value) {
      if (value === 'json' || value === 'text') return value
      throw new AstroError('usage', `--output is not json or text: ${JSON.stringify(value)}.`, {
        hint: 'Use --json for JSON; list also has --csv',
      })
    },
  }),
}

/** The flags of `remove`, in the order of the help. */
export const removalFlags = {
  ...manyDeployments,
  ...allDeployments,
  'org-token-name': tokenNameFlag,
  ...safetyFlags,
  ...outputFlags,
}

/** The flags of `add` and `update`, in the order of the help. */
export const roleChangeFlags = {
  ...manyDeployments,
  ...allDeployments,
  'org-token-name': tokenNameFlag,
  role: Flags.string({...TOKEN, ...ROLE, description: 'DEPLOYMENT_ADMIN (default) or a custom role'}),
  ...safetyFlags,
  ...outputFlags,
}

const auditFlags = {
  'org-token-name': Flags.string({
    ...AUDIT,
    ...TOKEN_NAME,
    description: 'with --all-deployments: only tokens of this name',
  }),
  role: Flags.string({...AUDIT, ...ROLE, description: 'with --all-deployments: only this role'}),
}

const rowFlags = {
  columns: Flags.string({...OUTPUT, description: 'columns to show, in this order', helpValue: '<a,b>'}),
  csv: Flags.boolean({...OUTPUT, description: 'CSV (RFC 4180), safe for spreadsheets'}),
  'no-header': Flags.boolean({...OUTPUT, description: 'omit the header row'}),
}

/** The flags of `list`, in the order of the help. */
export const listFlags = {
  ...oneDeployment,
  ...allDeployments,
  ...auditFlags,
  ...rowFlags,
  sort: Flags.string({
    ...OUTPUT,
    description: 'sort by a column; -<column> sorts descending',
    helpValue: '<column>',
  }),
  ...outputFlags,
}

/** Whether any form of the JSON flag is given. Reads unparsed arguments, because parser errors are JSON too. */
export function requestsJson(argv: readonly string[]): boolean {
  return flagWords(argv).some(
    (word, index, words) =>
      /^(?:--json|--output=json|-y*o=?json)$/.test(word) ||
      (word === 'json' && /^(?:--output|-y*o)$/.test(words[index - 1] ?? '')),
  )
}

/** The words before `--`, which ends the flags. */
function flagWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}

/** Adds a space, which `readRowFormat` trims, so that oclif's parser reads `-name` in `--sort -name` as a value. */
export function withSortValue(argv: readonly string[]): string[] {
  return argv.map((word, index) =>
    argv[index - 1] === '--sort' && /^-[^-]./.test(word) ? ` ${word}` : word.replace(/^--sort=-/, '--sort= -'),
  )
}

/** Throws `usage` if `--all-deployments` comes with a flag that names Deployments. */
export function rejectTwoSelections(given: {readonly 'all-deployments': boolean}): void {
  if (given['all-deployments']) rejectFlags(oneDeployment, given, 'cannot be combined with --all-deployments')
}

/** Throws `usage` for flags of `list` that have no effect. */
export function rejectUnusedFlags(given: {readonly 'all-deployments': boolean}, isJson: boolean): void {
  rejectTwoSelections(given)
  if (!given['all-deployments']) rejectFlags(auditFlags, given, 'requires --all-deployments')
  if (isJson) rejectFlags(rowFlags, given, 'cannot be combined with --json')
}

/** Not with oclif's own checks, which would clutter the usage line of the help. */
function rejectFlags(flags: object, given: object, why: string): void {
  const flag = Object.keys(flags).find((name) => name in given)
  if (flag !== undefined) throw new AstroError('usage', `--${flag} ${why}.`)
}

interface FlagForm {
  readonly char?: string | undefined
  readonly type: 'boolean' | 'option'
}

/** Throws `usage` for a value of a flag that takes none, such as `--yes=false`. oclif would read it as an argument. */
export function rejectValues(argv: readonly string[], flags: Readonly<Record<string, FlagForm>>): void {
  for (const word of flagWords(argv)) {
    const [, long, chars = ''] = /^(?:--([^=]+)|-([^-=]+))=/.exec(word) ?? []
    // The value belongs to the last flag of a group such as -yn=NAME.
    const found = Object.entries(flags).find(([name, {char}]) => name === long || (char && char === chars.at(-1)))
    if (found?.[1].type !== 'boolean') continue
    throw new AstroError('usage', `--${found[0]} takes no value.`, {hint: `Pass --${found[0]}, or omit it`})
  }
}
