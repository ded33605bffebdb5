import {BaseCommand} from '../../../cli/base-command.js'
import {changeRoles} from '../../../cli/change-command.js'
import {removalFlags, tokenIdArg} from '../../../cli/flags.js'
import {examplesOf, withHelpPointer} from '../../../cli/help.js'
import {removalJson} from '../../../lib/output/result-json.js'

export default class Remove extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:remove']
  static override summary = "Remove an Organization token's role on a Deployment"
  static override usage = '<%= command.id %> [TOKEN-ID] [FLAGS]'
  static override description = withHelpPointer(
    'The token is not deleted. It keeps its other roles, including roles on DAGs in the Deployment.',
  )
  static override examples = examplesOf({
    'One Deployment': 'clnp86ly5000401ndagu4y5p7 --deployment-id clm8xq0b1000008l4d2g7h3kz',
    'Every Deployment where the token has a role, without confirmation':
      '--org-token-name my-org-token --all-deployments --yes',
  })
  static override args = {'token-id': tokenIdArg}
  static override flags = removalFlags

  async run(): Promise<ReturnType<typeof removalJson>> {
    const {args, flags} = await this.parse(Remove)
    return removalJson(await changeRoles(this.context, 'remove', args['token-id'], flags))
  }
}
