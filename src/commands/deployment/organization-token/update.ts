import {BaseCommand} from '../../../cli/base-command.js'
import {changeRoles} from '../../../cli/change-command.js'
import {roleChangeFlags, tokenIdArg} from '../../../cli/flags.js'
import {examplesOf, withHelpPointer} from '../../../cli/help.js'
import {roleJson} from '../../../lib/output/result-json.js'

export default class Update extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:update']
  static override summary = "Change an Organization token's role on a Deployment"
  static override usage = '<%= command.id %> [TOKEN-ID] [FLAGS]'
  static override description = withHelpPointer(
    'The token must have a role on each Deployment. Sends one atomic request.',
  )
  static override examples = examplesOf({
    'A custom role on one Deployment':
      'clnp86ly5000401ndagu4y5p7 --role deploy-reader --deployment-id clm8xq0b1000008l4d2g7h3kz',
    'Every Deployment where the token has a role, without confirmation':
      '--org-token-name my-org-token --role deploy-reader --all-deployments --yes',
  })
  static override args = {'token-id': tokenIdArg}
  static override flags = roleChangeFlags

  async run(): Promise<ReturnType<typeof roleJson>> {
    const {args, flags} = await this.parse(Update)
    return roleJson(await changeRoles(this.context, 'update', args['token-id'], flags))
  }
}
