import {BaseCommand} from '../../../cli/base-command.js'
import {
  allDeploymentsFlag,
  auditFlags,
  deploymentIdFlag,
  refuseFlags,
  rowFlags,
  sortFlag,
  withSortValue,
  workspaceIdFlag,
} from '../../../cli/flags.js'
import {described} from '../../../cli/help.js'
import {type ApiToken} from '../../../lib/astro-api/answers.js'
import {AstroError} from '../../../lib/errors.js'
import {AUDIT_COLUMNS, LIST_COLUMNS} from '../../../lib/output/columns.js'
import {expiredTokensLine} from '../../../lib/output/expired-tokens.js'
import {writeRows} from '../../../lib/output/list.js'
import {auditJson, listJson} from '../../../lib/output/result-json.js'
import {readView, type View} from '../../../lib/output/view.js'

export default class List extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:list']
  static override summary = 'List the Organization tokens that have a role on a Deployment'
  static override description = described(
    'A table on a terminal; into a pipe, lines with a header whose cells are parted by tabs. A token that has roles on DAGs of the Deployment alone is listed with an empty role. With --all-deployments, a row for each token and Deployment that it has a role on.',
  )
  static override examples = [
    {
      command: '<%= config.bin %> <%= command.id %> --deployment-id clm8xq0b1000008l4d2g7h3kz',
      description: 'Of a Deployment',
    },
    {
      command: '<%= config.bin %> <%= command.id %> --json',
      description: 'As JSON, of the Deployment that ASTRO_DEPLOYMENT_ID names',
    },
    {
      command: '<%= config.bin %> <%= command.id %> --all-deployments --role DEPLOYMENT_ADMIN --csv',
      description: 'Who is an admin of which Deployment, for a spreadsheet',
    },
  ]
  /** With no argument declared, oclif takes one for the rest of the command's name, and finds none of that name. */
  static override strict = false
  static override flags = {
    'all-deployments': allDeploymentsFlag,
    'deployment-id': deploymentIdFlag,
    'workspace-id': workspaceIdFlag,
    ...auditFlags,
    ...rowFlags,
    sort: sortFlag,
  }

  async run(): Promise<ReturnType<typeof auditJson> | ReturnType<typeof listJson>> {
    const {argv, flags} = await this.parse(List, withSortValue(this.argv))
    if (argv.length > 0) throw new AstroError('usage', `list takes no argument: ${argv.join(' ')}.`)
    refuseFlags(flags['all-deployments'] ? {} : auditFlags, flags, 'narrows --all-deployments, which is not given')
    refuseFlags(this.jsonEnabled() ? rowFlags : {}, flags, 'is for rows, and --json prints none')
    if (flags['all-deployments']) {
      const {'org-token-name': name, role} = flags
      const view = await readView(AUDIT_COLUMNS, flags)
      const filter = {
        workspaceId: this.workspaceId(flags),
        tokenName: name === undefined ? undefined : this.requireText(name, '--org-token-name'),
        role: role === undefined ? undefined : this.requireText(role, '--role'),
      }
      const {scoping} = await this.openSession()
      const roles = await this.dialogue.working('Reading tokens', scoping.audit(filter))
      const matching = Object.values(filter).every((each) => each === undefined) ? '' : ' that matches'
      return auditJson(await this.show(view, roles, `No Organization token has a role on a Deployment${matching}.`))
    }

    const view = await readView(LIST_COLUMNS, flags)
    const {deploymentId, scoping} = await this.deployment(flags)
    const tokens = await this.dialogue.working('Reading tokens', scoping.list(deploymentId))
    const none = `No Organization token has a role on Deployment ${deploymentId}.`
    return listJson(deploymentId, await this.show(view, tokens, none))
  }

  /** Shows the rows, unless JSON follows, and returns them in their order. */
  private async show<T extends {readonly token: ApiToken}>(
    view: View<T>,
    items: readonly T[],
    none: string,
  ): Promise<readonly T[]> {
    const sorted = view.sort(items)
    if (this.jsonEnabled()) return sorted
    const now = new Date()
    await writeRows(sorted, view, process.stdout, now)
    const line = items.length === 0 ? none : process.stdout.isTTY ? expiredTokensLine(sorted, view, now) : undefined
    if (line !== undefined) this.logToStderr(line)
    return sorted
  }
}
