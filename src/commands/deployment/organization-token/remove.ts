import {BaseCommand} from '../../../cli/base-command.js'
import {targetFlags, tokenIdArg} from '../../../cli/flags.js'
import {described} from '../../../cli/help.js'
import {writeScoping} from '../../../lib/output/messages.js'
import {removalJson} from '../../../lib/output/result-json.js'

export default class Remove extends BaseCommand {
  static override aliases = ['deployment:token:organization-token:remove']
  static override summary = 'Take the role of an Organization token on a Deployment away'
  static override description = described(
    'On each Deployment where --deployment-id is repeated. The token itself stays, and so do the roles that it has elsewhere, roles on DAGs inside the Deployment included.',
  )
  static override examples = [
    {
      command:
        '<%= config.bin %> <%= command.id %> clnp86ly5000401ndagu4y5p7 --deployment-id clm8xq0b1000008l4d2g7h3kz',
      description: 'From a Deployment',
    },
    {
      command: '<%= config.bin %> <%= command.id %> --org-token-name my-org-token --all-deployments --yes',
      description: 'By the name of the token, wherever it has a role, without a question',
    },
  ]
  static override args = {'token-id': tokenIdArg}
  static override flags = targetFlags

  async run(): Promise<ReturnType<typeof removalJson>> {
    const {args, flags} = await this.parse(Remove)
    const {scoping, target} = await this.target('Remove', args['token-id'], flags)
    const result = await this.dialogue.working('Removing the token', scoping.remove(target))
    if (!this.jsonEnabled()) await writeScoping(result, process.stdout)
    for (const id of result.dagRolesStay) this.warnAll(`It keeps its roles on DAGs inside Deployment ${id}.`)
    return removalJson(result)
  }
}
