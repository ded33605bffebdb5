import {Command} from '@oclif/core/command'
import {toConfiguredId} from '@oclif/core/util/ids'
import {ux} from '@oclif/core/ux'
import {exit} from 'node:process'

import {type CredentialSources, readCredentials} from './lib/auth/credentials.js'
import {selectDeployments} from './lib/deployments.js'
import {AstroError, EXITS, redact} from './lib/errors.js'
import {parseId} from './lib/ids.js'
import {errorJson} from './lib/output/result-json.js'
import {safeJson, safeText} from './lib/output/safe-text.js'
import {type TokenSelector} from './lib/token-lookup.js'
import {createTokenScoping, type TokenScoping} from './lib/token-scoping.js'

/** What ends a command before it is done. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Work that takes longer than this shows that it goes on. */
const SPINNER_AFTER_MS = 500

/**
 * What the four commands have in common: whose credentials, which Deployment, which token, the service that does the
 * work, and the one place where a failure becomes words or JSON, and an exit.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  /** Whether a write is under way whose outcome is not known yet. */
  private isWriting = false

  protected override async init(): Promise<void> {
    await super.init()
    for (const signal of SIGNALS) process.once(signal, this.interrupted)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    for (const signal of SIGNALS) process.off(signal, this.interrupted)
    await super.finally(error)
  }

  /** The service for the Organization that the environment's credentials belong to. */
  protected async tokenScoping(): Promise<TokenScoping> {
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
    const [api, {createClient}, {createAstroApi}, {findOrganization}] = await Promise.all([
      sources.http(),
      import('./lib/astro-api/client.js'),
      import('./lib/astro-api/astro-api.js'),
      import('./lib/auth/organization.js'),
    ])
    const {bearer, domain, renew} = credentials
    const client = createClient(api, {apiHost: domain.apiHost, bearer, renew})
    const organizationId = await findOrganization(credentials, process.env, client)
    return createTokenScoping(createAstroApi(client, organizationId), {
      onWrite: (isUnderWay) => {
        this.isWriting = isUnderWay
      },
      async lock(tokenId) {
        const {lockToken} = await import('./lib/token-lock.js')
        return lockToken(tokenId, {organizationId, onWarning: sources.onWarning})
      },
    })
  }

  /** The Deployments that the flag or the environment names; says so on stderr when it was not the flag. */
  protected selectDeployments(flag: readonly string[] | undefined): readonly string[] {
    const {deploymentIds, source} = selectDeployments(flag, process.env)
    if (source !== '--deployment-id') this.logToStderr(`Deployment ${deploymentIds.join(', ')} (from ${source})`)
    return deploymentIds
  }

  /** The token that the command line names, by ID or by name but not both. */
  protected selectToken(id: string | undefined, name: string | undefined): TokenSelector {
    if (id !== undefined && name !== undefined) {
      throw new AstroError('usage', 'The token is named twice: by TOKEN-ID and by --org-token-name.', {
        hint: 'Give one of them',
      })
    }

    if (id !== undefined) return {id: parseId(id, 'TOKEN-ID')}
    if (name !== undefined) return {name: this.requireText(name, '--org-token-name')}
    throw new AstroError('usage', 'Which token? None was named.', {
      hint: 'Give its TOKEN-ID, or its name with --org-token-name',
    })
  }

  /** The value of a flag that must say something. */
  protected requireText(value: string, flag: string): string {
    if (value.trim()) return value
    throw new AstroError('usage', `${flag} is empty.`, {hint: `Give ${flag} a value`})
  }

  /** Waits for the work; on a terminal, and when it takes long, with a sign that it goes on. */
  protected async working<T>(what: string, work: Promise<T>): Promise<T> {
    if (this.jsonEnabled() || !process.stderr.isTTY) return work
    const timer = setTimeout(() => {
      ux.action.start(what)
    }, SPINNER_AFTER_MS)
    try {
      return await work
    } finally {
      clearTimeout(timer)
      if (ux.action.running) ux.action.stop()
    }
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
    const spelled = this.withCommandsSpelledOut(failure)
    const exitCode = EXITS[failure.kind]
    process.exitCode = exitCode
    if (process.env.DEBUG) process.stderr.write(`${redact(error.stack ?? error.message)}\n`)
    if (this.jsonEnabled()) {
      this.logJson(errorJson(spelled))
      return
    }

    for (const line of await errorLines(spelled)) process.stderr.write(`${line}\n`)
    throw Object.assign(new Error(redact(failure.message)), {oclif: {exit: exitCode}, skipOclifErrorHandling: true})
  }

  /** The failure with `{{list}}` and its like in the hint as this host spells the command. */
  private withCommandsSpelledOut(failure: AstroError): AstroError {
    const {details, kind, message} = failure
    const hint = (details.hint ?? `See the flags: {{${this.id?.split(':').at(-1) ?? 'list'}}} --help`).replaceAll(
      /{{(\w+)}}/g,
      (_, name: string) => `${this.config.bin} ${toConfiguredId(`deployment:organization-token:${name}`, this.config)}`,
    )
    return new AstroError(kind, message, kind === 'usage' || details.hint ? {...details, hint} : details)
  }

  private userAgent(): string {
    const {name, version} = this.ctor.plugin ?? this.config
    return `${name}/${version} node/${process.versions.node}`
  }
}

/** Any error as one of ours. The parser's errors are known by what they hold: a host's core may be another copy. */
function asFailure(error: Error): AstroError {
  if (error instanceof AstroError) return error
  if ('oclif' in error) {
    const [message] = error.message.split('\nSee more help with')
    return new AstroError('usage', (message ?? '').replaceAll(/\s*\n\s*/g, ' '))
  }

  return new AstroError('internal', `This should not happen: ${error.message}`, {
    hint: 'Run it again with DEBUG=* and report what it prints',
  })
}

async function errorLines({details, message}: AstroError): Promise<string[]> {
  const {chalkStderr} = await import('chalk')
  const lines = [`${chalkStderr.red('Error:')} ${safeText(redact(message))}`]
  if (details.hint) lines.push(safeText(redact(details.hint)))
  if (details.requestId) lines.push(chalkStderr.dim(`Request ID: ${safeText(details.requestId)}`))
  return lines
}
