import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

import {AstroError} from '../lib/errors.js'
import {DEFAULT_ROLE} from '../lib/roles/token-scoping.js'

/** Arguments and flags that commands share. They take any text; what it must be is checked in lib, for every source. */

export const tokenIdArg = Args.string({
  description: 'ID of the Organization token; or name it with --org-token-name',
  // A loop that the command runs in may be reading from there.
  ignoreStdin: true,
})

export const deploymentIdFlag = Flags.string({
  description: 'ID of the Deployment; or set ASTRO_DEPLOYMENT_ID',
  helpValue: '<id>',
  helpGroup: 'DEPLOYMENT',
})

/** One write for all of them. Not greedy: a TOKEN-ID may follow. */
const deploymentIdsFlag = Flags.string({
  description: 'ID of the Deployment, repeated for more than one; or set ASTRO_DEPLOYMENT_ID',
  helpValue: '<id>',
  multiple: true,
  multipleNonGreedy: true,
  helpGroup: 'DEPLOYMENT',
})

export const allDeploymentsFlag = Flags.boolean({
  description: 'every Deployment, of --workspace-id where that is given',
  exclusive: ['deployment-id'],
  helpGroup: 'DEPLOYMENT',
})

export const workspaceIdFlag = Flags.string({
  description: 'ID of a Workspace, which narrows the Deployments to pick from, and --all-deployments',
  helpValue: '<id>',
  helpGroup: 'DEPLOYMENT',
})

const dryRunFlag = Flags.boolean({
  description: 'say what would change, and change nothing',
  helpGroup: 'SAFETY',
})

const yesFlag = Flags.boolean({
  char: 'y',
  description: 'do not ask before all Deployments are changed',
  helpGroup: 'SAFETY',
})

const tokenNameFlag = Flags.string({
  char: 'n',
  description: 'exact name of the Organization token, in place of its ID',
  helpValue: '<name>',
  helpGroup: 'TOKEN',
})

export const roleFlag = Flags.string({
  char: 'r',
  default: DEFAULT_ROLE,
  description: 'Deployment role to give: DEPLOYMENT_ADMIN, or the name of a custom role',
  helpValue: '<role>',
})

/** What `add`, `update` and `remove` change: which token, on which Deployments. */
export const targetFlags = {
  'deployment-id': deploymentIdsFlag,
  'all-deployments': allDeploymentsFlag,
  'workspace-id': workspaceIdFlag,
  'org-token-name': tokenNameFlag,
  'dry-run': dryRunFlag,
  yes: yesFlag,
}

/** What narrows `list --all-deployments`, and has no sense elsewhere on `list`. */
export const auditFlags = {
  'org-token-name': Flags.string({
    char: 'n',
    description: 'with --all-deployments: only tokens of exactly this name',
    helpValue: '<name>',
    helpGroup: 'AUDIT',
  }),
  role: Flags.string({
    char: 'r',
    description: 'with --all-deployments: only this Deployment role',
    helpValue: '<role>',
    helpGroup: 'AUDIT',
  }),
}

/** Which cells of the rows are shown, and how; JSON has no rows. */
export const rowFlags = {
  columns: Flags.string({
    description: 'columns to show, in this order: by header or JSON key, any case, _ for a space',
    helpValue: '<a,b>',
    helpGroup: 'OUTPUT',
  }),
  csv: Flags.boolean({description: 'CSV (RFC 4180), safe to open in a spreadsheet', helpGroup: 'OUTPUT'}),
  'no-header': Flags.boolean({description: 'rows alone', helpGroup: 'OUTPUT'}),
}

export const sortFlag = Flags.string({
  description: 'column to sort by; -<column> descends',
  helpValue: '<column>',
  helpGroup: 'OUTPUT',
})

/**
 * A command line whose `--sort -name` the parser takes as meant: it would read the flag `-n` there. The space that this
 * puts before the minus is no part of a column's name.
 */
export function withSortValue(argv: readonly string[]): string[] {
  return argv.map((word, index) =>
    argv[index - 1] === '--sort' && /^-[^-]./.test(word) ? ` ${word}` : word.replace(/^--sort=-/, '--sort= -'),
  )
}

/**
 * Throws `usage` for the first of these flags that was given though it has no sense. oclif's own checks would fill the
 * usage line of the help.
 */
export function refuseFlags(senseless: object, given: object, why: string): void {
  const flag = Object.keys(senseless).find((name) => name in given)
  if (flag !== undefined) throw new AstroError('usage', `--${flag} ${why}.`)
}
