import {BaseCommand} from '../../../cli/base-command.js'
import {changeRoles} from '../../../cli/change-command.js'
import {rejectTwoSelections, removalFlags, tokenIdArg} from '../../../cli/flags.js'
import {withHelpPointer} from '../../../cli/help.js'
import {writeResult} from '../../../lib/output/messages.js'
import {removalJson} from '../../../lib/output/result-json.js'

export default class Remove extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:remove']
  static override summary = "Remove an Organization token's role on a Deployment"
  static override usage = '<%= command.id %> [TOKEN-ID] [FLAGS]'
  static override description = withHelpPointer(
    'The token is not deleted. It keeps its other roles, including roles on DAGs in the Deployment.',
  )
  static override examples = [
    {
      command:
        '<%= config.bin %> <%= command.id %> clnp86ly5000401ndagu4y5p7 --deployment-id clm8xq0b1000008l4d2g7h3kz',
      description: 'One Deployment',
    },
    {
      command: '<%= config.bin %> <%= command.id %> --org-token-name my-org-token --all-deployments --yes',
      description: 'Every Deployment where the token has a role, without confirmation',
    },
  ]
  static override args = {'token-id': tokenIdArg}
  static override flags = removalFlags

  async run(): Promise<ReturnType<typeof removalJson>> {
    const {args, flags} = await this.parse(Remove)
    rejectTwoSelections(flags)
    const result = await changeRoles(this.context, 'remove', args['token-id'], flags)
    if (!this.jsonEnabled()) await writeResult(result, process.stdout)
    for (const id of result.dagRolesStay)
      this.context.note(`${result.token.name} keeps its roles on DAGs in Deployment ${id}.`)
    return removalJson(result)
  }
}
