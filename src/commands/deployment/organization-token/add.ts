import {BaseCommand} from '../../../cli/base-command.js'
import {roleFlag, targetFlags, tokenIdArg} from '../../../cli/flags.js'
import {described} from '../../../cli/help.js'
import {writeScoping} from '../../../lib/output/messages.js'
import {scopingJson} from '../../../lib/output/result-json.js'

export default class Add extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:add']
  static override summary = 'Scope an Organization token to a Deployment'
  static override description = described(
    'Gives the token a role on the Deployment, on each of them where --deployment-id is repeated. The role that it has there becomes this one; the roles that it has elsewhere stay as they are.',
  )
  static override examples = [
    {
      command:
        '<%= config.bin %> <%= command.id %> clnp86ly5000401ndagu4y5p7 --deployment-id clm8xq0b1000008l4d2g7h3kz',
      description: 'To a Deployment, as DEPLOYMENT_ADMIN',
    },
    {
      command:
        '<%= config.bin %> <%= command.id %> --org-token-name my-org-token --role deploy-reader --deployment-id clm8xq0b1000008l4d2g7h3kz',
      description: 'By the name of the token, with a custom role',
    },
    {
      command:
        '<%= config.bin %> <%= command.id %> --org-token-name my-org-token --all-deployments --workspace-id clwp86ly5000401ndaws1y5p7 --dry-run',
      description: 'See what it would do to every Deployment of a Workspace',
    },
  ]
  static override args = {'token-id': tokenIdArg}
  static override flags = {...targetFlags, role: roleFlag}

  async run(): Promise<ReturnType<typeof scopingJson>> {
    const {args, flags} = await this.parse(Add)
    const role = this.requireText(flags.role, '--role')
    const {scoping, target} = await this.target('Add', args['token-id'], flags)
    const result = await this.dialogue.working('Adding the token', scoping.add({...target, role}))
    if (!this.jsonEnabled()) await writeScoping(result, process.stdout)
    return scopingJson(result, role)
  }
}
