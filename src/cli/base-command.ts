import {type Interfaces} from '@oclif/core'
import {Command} from '@oclif/core/command'
import {type Config} from '@oclif/core/config'
import {once} from 'node:events'
import {exit} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {AstroError, cancelled, EXITS, redact} from '../lib/errors.js'
import {errorJson} from '../lib/output/result-json.js'
import {safeJson, safeText} from '../lib/output/safe-text.js'
import {type WriteState} from '../lib/roles/role-write.js'
import {type CommandIO} from './command-io.js'
import {optionsFromCore1} from './core-1.js'
import {createProgress} from './progress.js'
import {createPrompts} from './prompts.js'
import {asFailure, failureLines, spelledOut, stackOf} from './render-error.js'
import {openSession} from './session.js'
import {systemClock} from './system-clock.js'

/** What ends a command before it is done. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** How long a signal waits for a renewal of the login to be saved. */
const LONGEST_RENEWAL_MS = 2000

/**
 * What the four commands have in common: whose credentials, which Deployment, which token, the service that does the
 * work, and the one place where a failure becomes words or JSON, and an exit.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  /** How far the write is; undefined where none was sent. */
  private writeState: undefined | WriteState
  /** Settles as soon as no renewal of the login is under way. */
  private renewal: Promise<unknown> = Promise.resolve()
  private isInterrupted = false
  private ownIO: CommandIO | undefined

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
    // `on`, not `once`: a second signal must not end the process before the first one is handled.
    for (const signal of SIGNALS) process.on(signal, this.interrupted)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    for (const signal of SIGNALS) process.off(signal, this.interrupted)
    await super.finally(error)
  }

  /** What this command gives to the modules that do its work. */
  protected get io(): CommandIO {
    this.ownIO ??= this.createIO()
    return this.ownIO
  }

  private createIO(): CommandIO {
    const {env, stderr, stdin} = process
    const isJson = this.jsonEnabled()
    const prompts = createPrompts({stderr, stdin}, {env, isJson})
    const progress = createProgress(stderr.isTTY && !isJson, () => prompts?.isOpen() ?? false)
    const {name, version} = this.ctor.plugin ?? this.config
    const openingSession = async () =>
      openSession({
        env,
        clock: systemClock,
        progress,
        userAgent: `${name}/${version} node/${process.versions.node}`,
        onRenewal: (renewal) => {
          this.renewal = renewal
        },
        onWarning(text) {
          printWarning(`Warning: ${text}`)
        },
        onWrite: (state) => {
          this.writeState = state
        },
      })
    return {
      env,
      now: () => new Date(systemClock.now()),
      prompts,
      progress,
      stderr,
      warn: printWarning,
      openSession: async () => progress.withSpinner('Signing in', openingSession()),
    }
  }

  /** Ctrl-C and SIGTERM end the process at once; what holds a lock releases it as the process ends. */
  private readonly interrupted = (): void => {
    if (this.isInterrupted) return
    this.isInterrupted = true
    // A question that is taken back ends the command as one that was declined.
    this.io.progress.stop()
    if (this.io.prompts?.abort()) return
    // A refresh token that the provider has replaced must be saved, or the login is lost.
    Promise.race([this.renewal, sleep(LONGEST_RENEWAL_MS)])
      .then(async () => this.catch(interruption(this.writeState)))
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
    const failure = await asFailure(error, Object.keys({...this.ctor.flags}))
    const spelled = spelledOut(failure, this.id?.split(':').at(-1) ?? 'list', this.config)
    const exitCode = EXITS[failure.kind]
    process.exitCode = exitCode
    if (process.env.DEBUG) process.stderr.write(stackOf(error))
    if (this.jsonEnabled()) await written(`${safeJson(errorJson(spelled))}\n`)
    else for (const line of await failureLines(spelled)) process.stderr.write(`${line}\n`)
    throw Object.assign(new Error(redact(failure.message)), {oclif: {exit: exitCode}, skipOclifErrorHandling: true})
  }
}

/** What a signal leaves behind, by how far the write is. */
function interruption(state: undefined | WriteState): AstroError {
  if (state === undefined || state === 'refused') return cancelled()
  const message =
    state === 'sent'
      ? 'Cancelled while roles were being written; whether they were is not known.'
      : 'Cancelled after the roles were written.'
  return new AstroError('cancelled', message, {hint: 'See what the token has now: {{list}} --all-deployments'})
}

/** Prints a line on stderr, with `--json` too. */
function printWarning(text: string): void {
  process.stderr.write(`${safeText(text)}\n`)
}

/** Writes to stdout, and waits where it is full: what ends the process after this would cut off the rest. */
async function written(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
