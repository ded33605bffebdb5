import {BaseCommand} from '../../../cli/base-command.js'
import {listFlags, rejectUnusedFlags, withSortValue} from '../../../cli/flags.js'
import {examplesOf, withHelpPointer} from '../../../cli/help.js'
import {describeColumns, listAll, listOne} from '../../../cli/list-command.js'
import {AstroError} from '../../../lib/errors.js'
import {type auditJson, type listJson} from '../../../lib/output/result-json.js'

export default class List extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:list']
  static override summary = 'List the Organization tokens that have a role on a Deployment'
  static override usage = '<%= command.id %> [FLAGS]'
  static override description = withHelpPointer(
    `Prints a table on a terminal and tab-separated lines into a pipe. A token that only has roles on DAGs in the Deployment has an empty role. With --all-deployments, prints a row for each token and Deployment.\n\n${describeColumns()}`,
  )
  static override examples = examplesOf({
    'One Deployment': '--deployment-id clm8xq0b1000008l4d2g7h3kz',
    'As JSON, for the Deployment in ASTRO_DEPLOYMENT_ID': '--json',
    'Every admin role in the Organization, for a spreadsheet': '--all-deployments --role DEPLOYMENT_ADMIN --csv',
  })
  /** With strict parsing, oclif would read an argument as part of the command's name and report an unknown command. */
  static override strict = false
  static override flags = listFlags

  async run(): Promise<ReturnType<typeof auditJson> | ReturnType<typeof listJson>> {
    const {argv, flags} = await this.parse(List, withSortValue(this.argv))
    if (argv.length > 0) throw new AstroError('usage', `list takes no argument: ${argv.join(' ')}.`)
    rejectUnusedFlags(flags, this.jsonEnabled())
    return flags['all-deployments'] ? listAll(this.context, flags) : listOne(this.context, flags)
  }
}
