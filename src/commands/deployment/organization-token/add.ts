import {BaseCommand} from '../../../cli/base-command.js'
import {changeRoles} from '../../../cli/change-command.js'
import {roleChangeFlags, tokenIdArg} from '../../../cli/flags.js'
import {examplesOf, withHelpPointer} from '../../../cli/help.js'
import {roleJson} from '../../../lib/output/result-json.js'

export default class Add extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:add']
  static override summary = 'Give an Organization token a role on a Deployment'
  static override usage = '<%= command.id %> [TOKEN-ID] [FLAGS]'
  static override description = withHelpPointer(
    "Sends one atomic request. Replaces the token's role on a Deployment, if any.",
  )
  static override examples = examplesOf({
    'One Deployment, with the role DEPLOYMENT_ADMIN':
      'clnp86ly5000401ndagu4y5p7 --deployment-id clm8xq0b1000008l4d2g7h3kz',
    'By token name, with a custom role':
      '--org-token-name my-org-token --role deploy-reader --deployment-id clm8xq0b1000008l4d2g7h3kz',
    'What would change on all Deployments of a Workspace':
      '--org-token-name my-org-token --all-deployments --workspace-id clwp86ly5000401ndaws1y5p7 --dry-run',
  })
  static override args = {'token-id': tokenIdArg}
  static override flags = roleChangeFlags

  async run(): Promise<ReturnType<typeof roleJson>> {
    const {args, flags} = await this.parse(Add)
    return roleJson(await changeRoles(this.context, 'add', args['token-id'], flags))
  }
}
