import {AstroError} from '../lib/errors.js'
import {deploymentChoices, roleChoices, roleOnDeployments, tokenChoices} from '../lib/output/choices.js'
import {readNamedDeployments} from '../lib/selection/named-deployments.js'
import {readProjectDeployment} from '../lib/selection/project-config.js'
import {type PickRole} from '../lib/selection/select-role.js'
import {type DeploymentSelector, type PickDeployment} from '../lib/selection/select-target.js'
import {type PickToken, type TokenSelector} from '../lib/selection/select-token.js'
import {type CommandIO} from './command-io.js'

/** Turns flags, environment variables, the project's config file and prompts into selectors for lib. */

/**
 * The Deployments that the flag, the environment or the project names; otherwise a prompt. Prints the source on stderr,
 * unless it is the flag. Throws `usage` in a non-interactive session without any of them.
 */
export async function deploymentSelector(
  io: CommandIO,
  flag: readonly string[] | undefined,
): Promise<DeploymentSelector> {
  const {env, printLine, printWarning, prompts, stderr} = io
  const readProject = async () => readProjectDeployment({...io, onWarning: printWarning})
  const named = await readNamedDeployments({flag, env, readProject})
  if (named) {
    const {deploymentIds: ids, source} = named
    if (source !== '--deployment-id') printLine(`Deployment ${ids.join(', ')} (from ${source})`)
    return {ids}
  }

  if (prompts) {
    const pick: PickDeployment = async (deployments) =>
      prompts.pick('Which Deployment?', await deploymentChoices(deployments, {width: stderr.columns}))
    return {pick}
  }

  throw new AstroError('usage', 'No Deployment specified.', {
    hint: 'Specify it with --deployment-id, set ASTRO_DEPLOYMENT_ID, or save it in the project with the Astro CLI: astro deploy --save',
  })
}

/**
 * The token by ID or by name; otherwise a prompt, which shows the role on the Deployments unless the command is `add`.
 * Throws `usage` for both an ID and a name, or if it cannot prompt.
 */
export function tokenSelector(
  {now, prompts, stderr}: CommandIO,
  {id, name, needsRole}: {readonly id: string | undefined; readonly name: string | undefined; needsRole: boolean},
): TokenSelector {
  const pick: PickToken | undefined =
    prompts &&
    (async (tokens, deploymentIds) => {
      const roleOf = needsRole ? roleOnDeployments(deploymentIds) : undefined
      return prompts.pick('Which token?', await tokenChoices(tokens, {now: now(), roleOf, width: stderr.columns}))
    })
  if (id !== undefined && name !== undefined) {
    throw new AstroError('usage', 'The token is specified twice: by TOKEN-ID and by --org-token-name.', {
      hint: 'Use one of them',
    })
  }

  if (id !== undefined) return {id}
  if (name !== undefined) return {name, pick}
  if (pick) return {pick}
  throw new AstroError('usage', 'No token specified.', {
    hint: 'Specify its TOKEN-ID, or its name with --org-token-name',
  })
}

/** A prompt for a role; undefined in a non-interactive session. */
export function rolePrompt({prompts, stderr}: CommandIO): PickRole | undefined {
  return prompts && (async (roles) => prompts.pick('Which role?', await roleChoices(roles, stderr.columns)))
}
