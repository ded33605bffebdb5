import {type Interfaces} from '@oclif/core'
import {Command} from '@oclif/core/command'
import {type Config} from '@oclif/core/config'
import {exit} from 'node:process'

import {optionsFromCore1} from './core-1.js'
import {createDialogue} from './dialogue.js'
import {asFailure, failureLines, spelledOut, stackOf} from './failure.js'
import {createAstroApi} from './lib/astro-api/astro-api.js'
import {createClient} from './lib/astro-api/client.js'
import {type CredentialSources, readCredentials} from './lib/auth/credentials.js'
import {findOrganization} from './lib/auth/organization.js'
import {noDeploymentNamed, selectDeployments} from './lib/deployments.js'
import {AstroError, EXITS, redact} from './lib/errors.js'
import {parseId} from './lib/ids.js'
import {tokenChoices} from './lib/output/choices.js'
import {errorJson} from './lib/output/result-json.js'
import {safeJson, safeText} from './lib/output/safe-text.js'
import {readProjectDeployment} from './lib/project-config.js'
import {type Dialogue, noConsent, resolveDeployments, resolveTarget, type TargetRequest} from './lib/target.js'
import {type ChooseToken, noTokenNamed, type TokenSelector} from './lib/token-lookup.js'
import {createTokenScoping, type Target, type TokenScoping} from './lib/token-scoping.js'

/** What ends a command before it is done. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What the command line of `add`, `update` and `remove` says of what is to be changed. */
interface TargetFlags {
  readonly 'all-deployments': boolean
  readonly 'deployment-id'?: readonly string[] | undefined
  readonly 'dry-run': boolean
  readonly 'org-token-name'?: string | undefined
  readonly 'workspace-id'?: string | undefined
  readonly yes: boolean
}

interface Session {
  readonly scoping: TokenScoping
  /** The Workspace that the login last worked in; undefined for an API token. */
  readonly loginWorkspaceId: string | undefined
}

/**
 * What the four commands have in common: whose credentials, which Deployment, which token, the service that does the
 * work, and the one place where a failure becomes words or JSON, and an exit.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  /** Whether a write is under way whose outcome is not known yet. */
  private isWriting = false
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
    // Not once: when the lock's library, loaded later, finds no other listener left, it ends the process itself.
    for (const signal of SIGNALS) process.on(signal, this.interrupted)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    for (const signal of SIGNALS) process.off(signal, this.interrupted)
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
    const sources: CredentialSources = {
      env: process.env,
      now: () => new Date(),
      http: async () => {
        const {createHttp} = await import('./lib/astro-api/http.js')
        return createHttp({userAgent: this.userAgent()})
      },
      onWarning: (warning) => {
        this.logToStderr(`Warning: ${safeText(warning)}`)
      },
    }
    const credentials = await readCredentials(sources)
    const {bearer, domain, renew} = credentials
    const client = createClient(await sources.http(), {apiHost: domain.apiHost, bearer, renew})
    const organizationId = await findOrganization(credentials, process.env, client)
    const {showProgress} = this.dialogue
    const astro = createAstroApi(client, organizationId, (done, all) => {
      showProgress(done < all ? `${done} of ${all} pages` : '')
    })
    const scoping = createTokenScoping(astro, {
      choose: this.chooseToken(),
      onWrite: (isUnderWay) => {
        this.isWriting = isUnderWay
      },
      async lock(tokenId) {
        const {lockToken} = await import('./lib/token-lock.js')
        const onWait = () => {
          showProgress('waiting for another process')
        }

        const held = await lockToken(tokenId, {organizationId, onWait, onWarning: sources.onWarning})
        showProgress('')
        return held
      },
    })
    return {scoping, loginWorkspaceId: credentials.workspaceId}
  }

  /**
   * The Deployments that the flag, the environment or the project names, with a line on stderr where it was not the
   * flag; `pick` where none is named and the user can be asked.
   */
  protected async selectDeployments(flag: readonly string[] | undefined): Promise<'pick' | readonly string[]> {
    const readProject = async () => readProjectDeployment(process.env)
    const selection = await selectDeployments({flag, env: process.env, readProject})
    if (!selection) {
      if (this.dialogue.prompts) return 'pick'
      throw noDeploymentNamed()
    }

    const {deploymentIds, source} = selection
    if (source !== '--deployment-id') {
      this.logToStderr(safeText(`Deployment ${deploymentIds.join(', ')} (from ${source})`))
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

  /** Asks which of these tokens is meant; undefined where nobody can be asked. */
  private chooseToken(): ChooseToken | undefined {
    const {prompts} = this.dialogue
    return (
      prompts &&
      (async (tokens, deploymentIds) => prompts.pick('Which token?', tokenChoices(tokens, deploymentIds, new Date())))
    )
  }

  /** Ctrl-C and SIGTERM end the process at once; what holds a lock releases it as the process ends. */
  private readonly interrupted = (): void => {
    const message = this.isWriting
      ? 'Cancelled while roles were being written; whether they were is not known.'
      : 'Cancelled; nothing was written.'
    const hint = this.isWriting ? 'See what the token has now: {{list}}' : 'Run it again to start over'
    this.catch(new AstroError('cancelled', message, {hint}))
      .catch(() => {
        // The rejection is for a caller that goes on; here nothing does.
      })
      .finally(() => {
        exit()
      })
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json)}\n`)
  }

  /** Every failure ends here. A caller that is a program gets a rejection, which no host prints a second time. */
  protected override async catch(error: Error): Promise<void> {
    const failure = asFailure(error)
    const spelled = spelledOut(failure, this.id?.split(':').at(-1) ?? 'list', this.config)
    const exitCode = EXITS[failure.kind]
    process.exitCode = exitCode
    if (process.env.DEBUG) process.stderr.write(stackOf(error))
    if (this.jsonEnabled()) {
      this.logJson(errorJson(spelled))
      return
    }

    for (const line of await failureLines(spelled)) process.stderr.write(`${line}\n`)
    throw Object.assign(new Error(redact(failure.message)), {oclif: {exit: exitCode}, skipOclifErrorHandling: true})
  }

  private userAgent(): string {
    const {name, version} = this.ctor.plugin ?? this.config
    return `${name}/${version} node/${process.versions.node}`
  }
}
