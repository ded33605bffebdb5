import {Command} from '@oclif/core/command'
import {type FlagInput} from '@oclif/core/interfaces'

import {EXITS} from '../lib/errors.js'
import {ignore} from '../lib/helpers.js'
import {safeJson} from '../lib/output/safe-text.js'
import {type WriteProgress} from '../lib/roles/write.js'
import {type CommandContext, createContext, redactText} from './context.js'
import {cancelledError, createInterrupts, failUntilFinished, guardOutput, unfinishedError} from './endings.js'
import {outputFlags, rejectValues, requestsJson} from './flags.js'
import {printError, toAstroError, withCommandNames} from './render-error.js'

/** The base of the four commands. It gives them their context, handles signals and reports every error. */
export abstract class BaseCommand extends Command {
  static override flags: FlagInput = outputFlags
  private ownContext: CommandContext | undefined
  private restoreExitCode: () => void = ignore
  private readonly write: WriteProgress = {state: 'not_written'}
  private readonly interrupts = createInterrupts({
    abortPrompt: () => this.clearScreen(),
    report: async (domainAtRisk) => this.fail(cancelledError(this.write, domainAtRisk)),
  })

  protected override async init(): Promise<void> {
    // oclif's parser and DEBUG print the arguments, and the user may have typed a token as an argument.
    this.argv = this.argv.map((word) => redactText(word))
    await super.init()
    this.interrupts.listen()
    guardOutput(this.write)
    this.restoreExitCode = failUntilFinished(() => {
      this.fail(unfinishedError(this.write)).catch(ignore)
    })
    rejectValues(this.argv, this.ctor.flags)
  }

  override jsonEnabled(): boolean {
    return requestsJson(this.argv)
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json)}\n`)
  }

  /** The context of this command, created on first use. */
  protected get context(): CommandContext {
    const {interrupts, write} = this
    const {name, version} = this.ctor.plugin ?? this.config
    const userAgent = `${name}/${version} node/${process.versions.node}`
    this.ownContext ??= createContext({interrupts, isJson: this.jsonEnabled(), userAgent, write})
    return this.ownContext
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.interrupts.stopListening()
    if (!error) this.restoreExitCode()
    await super.finally(error)
  }

  protected override async catch(error: Error): Promise<void> {
    // A request can fail while another one waits for a refresh of the login.
    await this.interrupts.untilRefreshed()
    await this.interrupts.untilEnd()
    await this.fail(error)
  }

  /** Removes the spinner and aborts an open prompt. Returns whether there was one. */
  private clearScreen(): boolean {
    this.context.progress.stop()
    return this.context.prompts?.abort() ?? false
  }

  /** Prints the error, then rejects with one that carries the exit code. Hosts do not print that one again. */
  private async fail(error: Error): Promise<never> {
    this.restoreExitCode()
    const flagNames = Object.entries(this.ctor.flags).flatMap(([name, {hidden}]) => (hidden ? [] : [name]))
    const failure = await toAstroError(error, ['help', ...flagNames])
    const spelled = withCommandNames(failure, this.id?.split(':').at(-1) ?? 'list', this.config)
    const exit = EXITS[failure.kind]
    process.exitCode = exit
    await printError(spelled, error, this.jsonEnabled())
    throw Object.assign(new Error(redactText(failure.message)), {oclif: {exit}, skipOclifErrorHandling: true})
  }
}
