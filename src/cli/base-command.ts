import {type Interfaces} from '@oclif/core'
import {Command} from '@oclif/core/command'
import {type Config} from '@oclif/core/config'
import {exit} from 'node:process'

import {EXITS} from '../lib/errors.js'
import {safeJson, safeText} from '../lib/output/safe-text.js'
import {type WriteProgress} from '../lib/roles/write.js'
import {type CommandIO} from './command-io.js'
import {optionsFromCore1} from './core-1.js'
import {createDebugLog} from './debug-log.js'
import {createInterrupts} from './interrupts.js'
import {guardStdout} from './output-streams.js'
import {createProgress} from './progress.js'
import {createPrompts} from './prompts.js'
import {redactText} from './redact-text.js'
import {printError, toAstroError, withCommandNames} from './render-error.js'
import {openSession} from './session.js'
import {homeDirectory, workingDirectory} from './surroundings.js'
import {systemClock} from './system-clock.js'

/** The base of the four commands. It gives them their environment, handles signals and reports every error. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  private readonly write: WriteProgress = {state: 'not_written'}
  private ownIO: CommandIO | undefined
  private readonly writeState = () => this.write.state
  private readonly interrupts = createInterrupts({
    clearScreen: () => this.clearScreen(),
    writeState: this.writeState,
    printLine,
    report: async (error) => this.fail(error),
  })

  /** A host on @oclif/core 1 prints every error of a command again, so the process ends after the first print. */
  static override async run<T extends Command>(
    this: new (argv: string[], config: Config) => T,
    argv?: string[],
    opts?: Interfaces.LoadOptions,
  ): Promise<ReturnType<T['run']>> {
    const core1Options = optionsFromCore1(opts)
    if (!core1Options) return super.run<T>(argv, opts)
    try {
      return await super.run<T>(argv, core1Options)
    } catch {
      exit()
    }
  }

  protected override async init(): Promise<void> {
    // oclif's parser and DEBUG print the arguments, and the user may have typed a token as an argument.
    this.argv = this.argv.map((word) => redactText(word))
    await super.init()
    this.interrupts.listen()
    guardStdout(this.writeState)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.interrupts.stopListening()
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
        write: this.write,
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
    const failure = await toAstroError(error, ['help', 'json', ...Object.keys({...this.ctor.flags})])
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
