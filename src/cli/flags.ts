import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

import {AstroError} from '../lib/errors.js'
import {parseId, parseTokenId} from '../lib/selection/ids.js'

/** Arguments and flags that the commands share. Each normalizes its value and throws `usage` for an invalid one. */

const idOf = (what: string) => async (value: string) => parseId(value, what)

const textOf = (flag: string) => async (value: string) => {
  if (value.trim()) return value
  throw new AstroError('usage', `${flag} is empty.`, {hint: `Pass a value to ${flag}`})
}

export const tokenIdArg = Args.string({
  description: 'ID of the Organization token; or use --org-token-name',
  // In a shell loop, stdin may belong to the loop: `while read id; do astro …; done`.
  ignoreStdin: true,
  parse: async (value) => parseTokenId(value),
})

export const deploymentIdFlag = Flags.string({
  description: 'Deployment ID; or set ASTRO_DEPLOYMENT_ID',
  helpValue: '<id>',
  helpGroup: 'DEPLOYMENT',
})

/** Not greedy, because a TOKEN-ID may follow. */
const deploymentIdsFlag = Flags.string({
  description: 'Deployment ID, repeatable; or set ASTRO_DEPLOYMENT_ID',
  helpValue: '<id>',
  multiple: true,
  multipleNonGreedy: true,
  helpGroup: 'DEPLOYMENT',
})

export const allDeploymentsFlag = Flags.boolean({
  description: 'all Deployments, or all in --workspace-id',
  exclusive: ['deployment-id'],
  helpGroup: 'DEPLOYMENT',
})

export const workspaceIdFlag = Flags.string({
  description: 'limit prompts and --all-deployments to a Workspace',
  helpValue: '<id>',
  helpGroup: 'DEPLOYMENT',
  parse: idOf('--workspace-id'),
})

const dryRunFlag = Flags.boolean({
  description: 'print what would change, change nothing',
  helpGroup: 'SAFETY',
})

const yesFlag = Flags.boolean({
  char: 'y',
  description: 'skip the confirmation of --all-deployments',
  helpGroup: 'SAFETY',
})

const settleFlag = Flags.integer({
  description: 'wait until the change stands; use 5 in a CI matrix',
  helpValue: '<seconds>',
  helpGroup: 'SAFETY',
  min: 1,
  max: 60,
})

const tokenNameFlag = Flags.string({
  char: 'n',
  description: 'exact name of the token, instead of TOKEN-ID',
  helpValue: '<name>',
  parse: textOf('--org-token-name'),
})

/** Has no oclif default, because the commands must know whether the user passed the flag. */
export const roleFlag = Flags.string({
  char: 'r',
  description: 'DEPLOYMENT_ADMIN (default) or a custom role',
  helpValue: '<role>',
  parse: textOf('--role'),
})

/** The flags of `add`, `update` and `remove`. */
export const changeFlags = {
  'deployment-id': deploymentIdsFlag,
  'all-deployments': allDeploymentsFlag,
  'workspace-id': workspaceIdFlag,
  'org-token-name': tokenNameFlag,
  'dry-run': dryRunFlag,
  settle: settleFlag,
  yes: yesFlag,
}

/** Filters of `list --all-deployments`. Without that flag, they are a usage error. */
export const auditFlags = {
  'org-token-name': Flags.string({
    char: 'n',
    description: 'with --all-deployments: only tokens of this name',
    helpValue: '<name>',
    helpGroup: 'AUDIT',
    parse: textOf('--org-token-name'),
  }),
  role: Flags.string({
    char: 'r',
    description: 'with --all-deployments: only this role',
    helpValue: '<role>',
    helpGroup: 'AUDIT',
    parse: textOf('--role'),
  }),
}

/** Flags for the layout of rows. With --json, they are a usage error. */
export const rowFlags = {
  columns: Flags.string({
    description: 'columns to show, in this order',
    helpValue: '<a,b>',
    helpGroup: 'OUTPUT',
  }),
  csv: Flags.boolean({description: 'CSV (RFC 4180), safe for spreadsheets', helpGroup: 'OUTPUT'}),
  'no-header': Flags.boolean({description: 'omit the header row', helpGroup: 'OUTPUT'}),
}

export const sortFlag = Flags.string({
  description: 'sort by a column; -<column> sorts descending',
  helpValue: '<column>',
  helpGroup: 'OUTPUT',
})

/**
 * Makes oclif's parser read `-name` in `--sort -name` as a value; otherwise it reads `-n` as a flag. Inserts a space
 * before the minus, which `readRowFormat` trims.
 */
export function withSortValue(argv: readonly string[]): string[] {
  return argv.map((word, index) =>
    argv[index - 1] === '--sort' && /^-[^-]./.test(word) ? ` ${word}` : word.replace(/^--sort=-/, '--sort= -'),
  )
}

/**
 * Throws `usage` for the first of these flags that was passed. oclif's own checks would clutter the usage line of the
 * help.
 */
export function rejectFlags(flags: object, given: object, why: string): void {
  const flag = Object.keys(flags).find((name) => name in given)
  if (flag !== undefined) throw new AstroError('usage', `--${flag} ${why}.`)
}
