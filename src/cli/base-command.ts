import {Command} from '@oclif/core/command'
import {type FlagInput} from '@oclif/core/interfaces'

import {AstroError, EXITS} from '../lib/errors.js'
import {ignore} from '../lib/ignore.js'
import {safeJson, safeText} from '../lib/output/safe-text.js'
import {type WriteState} from '../lib/roles/role-write.js'
import {type CommandIO} from './command-io.js'
import {createDebugLog} from './debug-log.js'
import {outputFlags, rejectValues, requestsJson} from './flags.js'
import {createInterrupts} from './interrupts.js'
import {guardOutput} from './output-streams.js'
import {createProgress} from './progress.js'
import {createPrompts} from './prompts.js'
import {redactText} from './redact-text.js'
import {printError, toAstroError, withCommandNames} from './render-error.js'
import {openSession} from './session.js'
import {homeDirectory, workingDirectory} from './surroundings.js'
import {systemClock} from './system-clock.js'
import {failUntilFinished} from './unfinished.js'

/** The base of the four commands. It gives them their environment, handles signals and reports every error. */
export abstract class BaseCommand extends Command {
  static override flags: FlagInput = outputFlags
  /** The state of the write; undefined if none was sent. */
  private writeState: undefined | WriteState
  private ownIO: CommandIO | undefined
  private restoreExitCode: () => void = ignore
  private readonly writeProgress = () => this.writeState
  private readonly interrupts = createInterrupts({
    clearScreen: () => this.clearScreen(),
    writeState: this.writeProgress,
    printLine,
    report: async (error) => this.fail(error),
  })

  protected override async init(): Promise<void> {
    // oclif's parser and DEBUG print the arguments, and the user may have typed a token as an argument.
    this.argv = this.argv.map((word) => redactText(word))
    await super.init()
    this.interrupts.listen()
    guardOutput(this.writeProgress)
    this.restoreExitCode = failUntilFinished(() => {
      this.fail(unfinished(this.writeState)).catch(ignore)
    })
    rejectValues(this.argv, this.ctor.flags)
  }

  override jsonEnabled(): boolean {
    return requestsJson(this.argv)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.interrupts.stopListening()
    if (!error) this.restoreExitCode()
    await super.finally(error)
  }

  /** The environment of this command, created on first use. */
  protected get io(): CommandIO {
    this.ownIO ??= this.createIO()
    return this.ownIO
  }

  private createIO(): CommandIO {
    const {env, stderr, stdin} = process
    const isJson = this.jsonEnabled()
    const prompts = createPrompts({stderr, stdin}, {env, isJson})
    const progress = createProgress(stderr.isTTY && !isJson, () => prompts?.isOpen() ?? false)
    const home = homeDirectory()
    const {name, version} = this.ctor.plugin ?? this.config
    const openingSession = async () =>
      openSession({
        env,
        home,
        clock: systemClock,
        progress,
        userAgent: `${name}/${version} node/${process.versions.node}`,
        onRefresh: (saved, {name: domainName}) => {
          this.interrupts.protectRefresh(saved, domainName)
        },
        debugLog: createDebugLog(env.DEBUG, printLine),
        beforeRequest: async () => this.interrupts.untilEnd(),
        onWarning: printWarning,
        onWrite: (state) => {
          this.writeState = state
        },
      })
    return {
      env,
      home,
      directory: workingDirectory(),
      userId: process.getuid?.(),
      now: () => new Date(systemClock.now()),
      prompts,
      progress,
      stderr,
      printLine,
      printWarning,
      openSession: async () => progress.withSpinner('Signing in', openingSession()),
    }
  }

  /** Removes the spinner and aborts an open prompt. Returns whether a prompt was open; aborting it ends the command. */
  private clearScreen(): boolean {
    this.io.progress.stop()
    return this.io.prompts?.abort() ?? false
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json)}\n`)
  }

  protected override async catch(error: Error): Promise<void> {
    // A request can fail while another one waits for a refresh of the login.
    await this.interrupts.untilSaved()
    await this.interrupts.untilEnd()
    await this.fail(error)
  }

  /** Prints the error, then rejects with one that carries the exit code. Hosts do not print that one again. */
  private async fail(error: Error): Promise<never> {
    this.restoreExitCode()
    const flagNames = Object.entries(this.ctor.flags).flatMap(([name, {hidden}]) => (hidden ? [] : [name]))
    const failure = await toAstroError(error, ['help', ...flagNames])
    const spelled = withCommandNames(failure, this.id?.split(':').at(-1) ?? 'list', this.config)
    const exitCode = EXITS[failure.kind]
    process.exitCode = exitCode
    await printError(spelled, error, this.jsonEnabled())
    throw Object.assign(new Error(redactText(failure.message)), {oclif: {exit: exitCode}, skipOclifErrorHandling: true})
  }
}

/** Prints a line on stderr, even with `--json`. */
function printLine(text: string): void {
  process.stderr.write(`${safeText(redactText(text))}\n`)
}

function printWarning(text: string): void {
  printLine(`Warning: ${text}`)
}

/** The error of a command whose work never ends, given the state of the write. */
function unfinished(state: undefined | WriteState): AstroError {
  if (state !== 'sent' && state !== 'written') return new AstroError('internal', 'The command ended unexpectedly.')
  const outcome = state === 'sent' ? 'Could not confirm whether the roles were updated.' : 'The roles were updated.'
  return new AstroError('internal', `The command ended unexpectedly during the update. ${outcome}`, {
    hint: 'Check the roles of the token: {{list}} --all-deployments',
  })
}
