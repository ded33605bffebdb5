import {type Interfaces} from '@oclif/core'
import {Command} from '@oclif/core/command'
import {type Config} from '@oclif/core/config'
import {once} from 'node:events'
import {exit} from 'node:process'

import {AstroError, EXITS, redact} from '../lib/errors.js'
import {errorJson} from '../lib/output/result-json.js'
import {safeJson, safeText} from '../lib/output/safe-text.js'
import {type WriteState} from '../lib/roles/role-write.js'
import {type Target, type TokenScoping} from '../lib/roles/token-scoping.js'
import {parseId} from '../lib/selection/ids.js'
import {noDeploymentNamed, selectDeployments} from '../lib/selection/named-deployments.js'
import {readProjectDeployment} from '../lib/selection/project-config.js'
import {
  type Dialogue,
  noConsent,
  resolveDeployments,
  resolveTarget,
  type TargetRequest,
} from '../lib/selection/target.js'
import {noTokenNamed, type TokenSelector} from '../lib/selection/token-lookup.js'
import {optionsFromCore1} from './core-1.js'
import {createDialogue} from './dialogue.js'
import {createInterrupts} from './interrupts.js'
import {asFailure, failureLines, spelledOut, stackOf} from './render-error.js'
import {openSession, type Session} from './session.js'
import {homeDirectory, workingDirectory} from './surroundings.js'

/** What the command line of `add`, `update` and `remove` says of what is to be changed. */
interface TargetFlags {
  readonly 'all-deployments': boolean
  readonly 'deployment-id'?: readonly string[] | undefined
  readonly 'dry-run': boolean
  readonly 'org-token-name'?: string | undefined
  readonly 'workspace-id'?: string | undefined
  readonly yes: boolean
}

/**
 * What the four commands have in common: whose credentials, which Deployment, which token, the service that does the
 * work, and the one place where a failure becomes words or JSON, and an exit.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  /** How far the write is; undefined where none was sent. */
  private writeState: undefined | WriteState
  private readonly interrupts = createInterrupts({
    clearScreen: () => this.dialogue.clear(),
    writeState: () => this.writeState,
    printLine: (line) => {
      this.warnAll(line)
    },
    report: async (error) => this.fail(error),
  })
  private ownDialogue: Dialogue | undefined

  /** A host on @oclif/core 1 prints whatever a command rejects with: there, what failed and was printed ends it here. */
  static override async run<T extends Command>(
    this: new (argv: string[], config: Config) => T,
    argv?: string[],
    opts?: Interfaces.LoadOptions,
  ): Promise<ReturnType<T['run']>> {
    const optionsOfOldHost = optionsFromCore1(opts)
    if (!optionsOfOldHost) return super.run<T>(argv, opts)
    try {
      return await super.run<T>(argv, optionsOfOldHost)
    } catch {
      exit()
    }
  }

  protected override async init(): Promise<void> {
    // A token that was given in the wrong place is no more than that: oclif's parser and DEBUG print what they are given.
    this.argv = this.argv.map((word) => redact(word))
    await super.init()
    this.interrupts.listen()
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.interrupts.stopListening()
    await super.finally(error)
  }

  /** What `add`, `update` and `remove` are to change, asked for where it is not named, and the service that does it. */
  protected async target(
    verb: TargetRequest['verb'],
    tokenId: string | undefined,
    flags: TargetFlags,
  ): Promise<{readonly scoping: TokenScoping; readonly target: Target}> {
    const {'all-deployments': isAll, 'dry-run': isDryRun, yes: isAgreed} = flags
    const token = this.selectToken(tokenId, flags['org-token-name'])
    const deployments = isAll ? 'all' : await this.selectDeployments(flags['deployment-id'])
    const workspaceId = this.workspaceId(flags)
    if (isAll && !isAgreed && !isDryRun && !this.dialogue.prompts) throw noConsent()

    const {loginWorkspaceId, scoping} = await this.openSession()
    const request: TargetRequest = {token, deployments, workspaceId, loginWorkspaceId, verb, isAgreed, isDryRun}
    return {scoping, target: await resolveTarget(scoping, request, this.dialogue)}
  }

  /** The Deployment that `list` shows, picked where none is named, and the service that does it. */
  protected async deployment(
    flags: Pick<TargetFlags, 'workspace-id'> & {readonly 'deployment-id'?: string | undefined},
  ): Promise<{readonly deploymentId: string; readonly scoping: TokenScoping}> {
    const {'deployment-id': flag} = flags
    const deployments = await this.selectDeployments(flag === undefined ? undefined : [flag])
    const workspaceId = this.workspaceId(flags)
    const {loginWorkspaceId, scoping} = await this.openSession()
    const workspaces = {loginWorkspaceId, workspaceId}
    const [deploymentId = ''] = await resolveDeployments(scoping, deployments, workspaces, this.dialogue)
    return {deploymentId, scoping}
  }

  /** The service for the Organization that the environment's credentials belong to. */
  protected async openSession(): Promise<Session> {
    const {name, version} = this.ctor.plugin ?? this.config
    const session = openSession({
      env: process.env,
      home: homeDirectory(),
      dialogue: this.dialogue,
      userAgent: `${name}/${version} node/${process.versions.node}`,
      onRefresh: (saved, {name: domainName}) => {
        this.interrupts.protectRefresh(saved, domainName)
      },
      onWarning: (warning) => {
        this.warnAll(`Warning: ${warning}`)
      },
      onWrite: (state) => {
        this.writeState = state
      },
      beforeRequest: async () => this.interrupts.untilEnd(),
    })
    return this.dialogue.working('Signing in', session)
  }

  /** Says on stderr what nobody should miss, a program that reads JSON included. */
  protected warnAll(text: string): void {
    process.stderr.write(`${safeText(text)}\n`)
  }

  /**
   * The Deployments that the flag, the environment or the project names, with a line on stderr where it was not the
   * flag; `pick` where none is named and the user can be asked.
   */
  protected async selectDeployments(flag: readonly string[] | undefined): Promise<'pick' | readonly string[]> {
    const readProject = async () =>
      readProjectDeployment({
        env: process.env,
        home: homeDirectory(),
        directory: workingDirectory(),
        userId: process.getuid?.(),
        onWarning: (warning) => {
          this.warnAll(`Warning: ${warning}`)
        },
      })
    const selection = await selectDeployments({flag, env: process.env, readProject})
    if (!selection) {
      if (this.dialogue.prompts) return 'pick'
      throw noDeploymentNamed()
    }

    const {deploymentIds, source} = selection
    if (source !== '--deployment-id') {
      this.warnAll(`Deployment ${deploymentIds.join(', ')} (from ${source})`)
    }

    return deploymentIds
  }

  /** The token that the command line names, by ID or by name but not both; `pick` where the user can be asked. */
  protected selectToken(id: string | undefined, name: string | undefined): TokenSelector {
    if (id !== undefined && name !== undefined) {
      throw new AstroError('usage', 'The token is named twice: by TOKEN-ID and by --org-token-name.', {
        hint: 'Give one of them',
      })
    }

    if (id !== undefined) return {id: parseId(id, 'TOKEN-ID')}
    if (name !== undefined) return {name: this.requireText(name, '--org-token-name')}
    if (this.dialogue.prompts) return 'pick'
    throw noTokenNamed()
  }

  /** The Workspace that the flag names. Throws `usage` for a text that is no ID. */
  protected workspaceId({'workspace-id': id}: Pick<TargetFlags, 'workspace-id'>): string | undefined {
    return id === undefined ? undefined : parseId(id, '--workspace-id')
  }

  /** The value of a flag that must say something. */
  protected requireText(value: string, flag: string): string {
    if (value.trim()) return value
    throw new AstroError('usage', `${flag} is empty.`, {hint: `Give ${flag} a value`})
  }

  /** How this command asks, and shows that work goes on. */
  protected get dialogue(): Dialogue {
    this.ownDialogue ??= createDialogue(this.jsonEnabled(), process.env)
    return this.ownDialogue
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json)}\n`)
  }

  /** Every failure ends here. A caller that is a program gets a rejection, which no host prints a second time. */
  protected override async catch(error: Error): Promise<void> {
    await this.interrupts.untilEnd()
    await this.fail(error)
  }

  private async fail(error: Error): Promise<never> {
    const failure = asFailure(error)
    const spelled = spelledOut(failure, this.id?.split(':').at(-1) ?? 'list', this.config)
    const exitCode = EXITS[failure.kind]
    process.exitCode = exitCode
    if (process.env.DEBUG) process.stderr.write(stackOf(error))
    if (this.jsonEnabled()) await written(`${safeJson(errorJson(spelled))}\n`)
    else for (const line of await failureLines(spelled)) process.stderr.write(`${line}\n`)
    throw Object.assign(new Error(redact(failure.message)), {oclif: {exit: exitCode}, skipOclifErrorHandling: true})
  }
}

/** Writes to stdout, and waits where it is full: what ends the process after this would cut off the rest. */
async function written(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
