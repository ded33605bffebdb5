import {BaseCommand} from '../../../cli/base-command.js'
import {roleFlag, targetFlags, tokenIdArg} from '../../../cli/flags.js'
import {described} from '../../../cli/help.js'
import {writeScoping} from '../../../lib/output/messages.js'
import {scopingJson} from '../../../lib/output/result-json.js'

export default class Update extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:update']
  static override summary = 'Change the role that an Organization token has on a Deployment'
  static override description = described(
    'The token must have a role on the Deployment, on each of them where --deployment-id is repeated. The roles that it has elsewhere stay as they are.',
  )
  static override examples = [
    {
      command:
        '<%= config.bin %> <%= command.id %> clnp86ly5000401ndagu4y5p7 --role deploy-reader --deployment-id clm8xq0b1000008l4d2g7h3kz',
      description: 'To another role',
    },
    {
      command:
        '<%= config.bin %> <%= command.id %> --org-token-name my-org-token --role deploy-reader --all-deployments --yes',
      description: 'By the name of the token, wherever it has a role, without a question',
    },
  ]
  static override args = {'token-id': tokenIdArg}
  static override flags = {...targetFlags, role: roleFlag}

  async run(): Promise<ReturnType<typeof scopingJson>> {
    const {args, flags} = await this.parse(Update)
    const role = this.requireText(flags.role, '--role')
    const {scoping, target} = await this.target('Update', args['token-id'], flags)
    const result = await this.dialogue.working('Updating the token', scoping.update({...target, role}))
    if (!this.jsonEnabled()) await writeScoping(result, process.stdout)
    return scopingJson(result, role)
  }
}
