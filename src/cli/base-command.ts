import {Command} from '@oclif/core/command'
import {type FlagInput} from '@oclif/core/interfaces'

import {AstroError, EXITS} from '../lib/errors.js'
import {ignore} from '../lib/helpers.js'
import {safeJson} from '../lib/output/safe-text.js'
import {type WriteProgress} from '../lib/roles/write.js'
import {type CommandContext, createContext, redactText} from './context.js'
import {outputFlags, rejectValues, requestsJson} from './flags.js'
import {createInterrupts} from './interrupts.js'
import {guardOutput} from './output-streams.js'
import {printError, toAstroError, withCommandNames} from './render-error.js'
import {failUntilFinished} from './unfinished.js'

/** The base of the four commands. It gives them their context, handles signals and reports every error. */
export abstract class BaseCommand extends Command {
  static override flags: FlagInput = outputFlags
  private ownContext: CommandContext | undefined
  private restoreExitCode: () => void = ignore
  private readonly write: WriteProgress = {state: 'not_written'}
  private readonly interrupts = createInterrupts({
    clearScreen: () => this.clearScreen(),
    write: this.write,
    report: async (error) => this.fail(error),
  })

  protected override async init(): Promise<void> {
    // oclif's parser and DEBUG print the arguments, and the user may have typed a token as an argument.
    this.argv = this.argv.map((word) => redactText(word))
    await super.init()
    this.interrupts.listen()
    guardOutput(this.write)
    this.restoreExitCode = failUntilFinished(() => {
      this.fail(unfinished(this.write)).catch(ignore)
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

  /** The context of this command, created on first use. */
  protected get context(): CommandContext {
    const {interrupts, write} = this
    const {name, version} = this.ctor.plugin ?? this.config
    const userAgent = `${name}/${version} node/${process.versions.node}`
    this.ownContext ??= createContext({interrupts, isJson: this.jsonEnabled(), userAgent, write})
    return this.ownContext
  }

  /** Removes the spinner and aborts an open prompt. Returns whether a prompt was open; aborting it ends the command. */
  private clearScreen(): boolean {
    this.context.progress.stop()
    return this.context.prompts?.abort() ?? false
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json)}\n`)
  }

  protected override async catch(error: Error): Promise<void> {
    // A request can fail while another one waits for a refresh of the login.
    await this.interrupts.untilRefreshed()
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

/** The error of a command whose work never ends. */
function unfinished({state}: WriteProgress): AstroError {
  if (state === 'not_written') return new AstroError('internal', 'The command exited unexpectedly.')
  const outcome = state === 'written' ? 'The roles were updated.' : 'Could not confirm whether the roles were updated.'
  return new AstroError('internal', `The command exited unexpectedly during the update. ${outcome}`, {
    hint: 'Check the roles of the token: {{list}} --all-deployments',
  })
}
