import {BaseCommand} from '../../../base-command.js'
import {deploymentIdsFlag, roleFlag, tokenIdArg, tokenNameFlag} from '../../../flags.js'
import {scopingMessages} from '../../../lib/output/messages.js'
import {scopingJson} from '../../../lib/output/result-json.js'

export default class Update extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:update']
  static override summary = 'Change the role that an Organization token has on a Deployment'
  static override description =
    'The token must have a role on the Deployment, on each of them where --deployment-id is repeated. The roles that it has elsewhere stay as they are.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> clnp86ly5000401ndagu4y5p7 --deployment-id clm8xq0b1000008l4d2g7h3kz --role "Deploy Reader"',
    {
      command:
        '<%= config.bin %> <%= command.id %> --org-token-name "My org token" --deployment-id clm8xq0b1000008l4d2g7h3kz --role DEPLOYMENT_ADMIN',
      description: 'By the name of the token',
    },
  ]
  static override args = {'token-id': tokenIdArg}
  static override flags = {
    'deployment-id': deploymentIdsFlag,
    'org-token-name': tokenNameFlag,
    role: roleFlag,
  }

  async run(): Promise<ReturnType<typeof scopingJson>> {
    const {args, flags} = await this.parse(Update)
    const token = this.selectToken(args['token-id'], flags['org-token-name'])
    const role = this.requireText(flags.role, '--role')
    const deploymentIds = this.selectDeployments(flags['deployment-id'])
    const scoping = await this.tokenScoping()
    const result = await this.working('Updating the token', scoping.update({deploymentIds, role, token}))
    for (const message of scopingMessages(result)) this.log(message)
    return scopingJson(result, role)
  }
}
