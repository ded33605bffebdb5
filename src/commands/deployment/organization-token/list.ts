import {BaseCommand} from '../../../base-command.js'
import {deploymentIdFlag, workspaceIdFlag} from '../../../flags.js'
import {listRows, printTable, tabSeparated} from '../../../lib/output/list.js'
import {listJson} from '../../../lib/output/result-json.js'

export default class List extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:list']
  static override summary = 'List the Organization tokens that have a role on a Deployment'
  static override description =
    'A table on a terminal; into a pipe, lines with a header whose cells are parted by tabs. A token that has roles on DAGs of the Deployment alone is listed with an empty role.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --deployment-id clm8xq0b1000008l4d2g7h3kz',
    {
      command: '<%= config.bin %> <%= command.id %> --json',
      description: 'As JSON, for the Deployment that ASTRO_DEPLOYMENT_ID names',
    },
  ]
  static override flags = {'deployment-id': deploymentIdFlag, 'workspace-id': workspaceIdFlag}

  async run(): Promise<ReturnType<typeof listJson>> {
    const {flags} = await this.parse(List)
    const {deploymentId, scoping} = await this.deployment(flags)
    const tokens = await this.dialogue.working('Reading tokens', scoping.list(deploymentId))

    if (!this.jsonEnabled()) {
      const rows = listRows(tokens, new Date())
      if (!process.stdout.isTTY) process.stdout.write(tabSeparated(rows))
      else if (rows.length > 0) await printTable(rows, process.stdout.columns)
      if (rows.length === 0) this.logToStderr(`No Organization token has a role on Deployment ${deploymentId}.`)
    }

    return listJson(deploymentId, tokens)
  }
}
