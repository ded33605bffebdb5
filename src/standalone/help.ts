import {type Command} from '@oclif/core/command'
import {getHelpFlagAdditions, Help, standardizeIDFromArgv} from '@oclif/core/help'
import {type Config, type HelpOptions, type Topic} from '@oclif/core/interfaces'
import {toConfiguredId} from '@oclif/core/util/ids'

import {findOtherAstros} from '../cli/other-astros.js'
import {AstroError} from '../lib/errors.js'
import {safeText} from '../lib/output/safe-text.js'
import {noSuchCommand} from './errors.js'

/** Topics in which the Astro CLI has commands too. */
const SHARED_TOPICS = new Set(['deployment', 'deployment:token'])

const OUR_TOPIC = 'deployment:organization-token'

/** Below this width, the root help shows our topic instead of its commands, whose long names leave no room. */
const NARROW = 80

export class StandaloneHelp extends Help {
  /** Lists flags in the order of flags.ts, with those that select Deployments first. */
  constructor(config: Config, options: Partial<HelpOptions> = {}) {
    super(config, {...options, flagSortOrder: 'none'})
  }

  override async showHelp(argv: string[]): Promise<void> {
    const id = this.subject(argv)
    if (id !== undefined && !this.config.findCommand(id) && !this.config.findTopic(id)) {
      throw await noSuchCommand(id, this.config)
    }

    if (id !== undefined && !this.isHelpWanted())
      throw new AstroError('usage', 'A flag comes before the command.', {
        hint: `Put the flags last: ${this.config.bin} ${toConfiguredId(id, this.config)} COMMAND FLAGS`,
      })
    await super.showHelp(argv)
  }

  protected override async showRootHelp(): Promise<void> {
    const commands = this.sortedCommands.filter(({aliases, id}) => !aliases.includes(id))
    const ours = this.commandsUnder('deployment')
    const others = commands.filter((one) => !ours.includes(one))
    const isNarrow = this.opts.maxWidth < NARROW
    this.log(`${this.formatRoot()}\n`)
    if (isNarrow) this.log(`${this.formatTopics(this.sortedTopics.filter(({name}) => name === OUR_TOPIC))}\n`)
    this.log(`${this.formatCommands(isNarrow ? others : [...ours, ...others])}\n`)
    this.showOtherAstro('')
  }

  /** Lists the commands before the rest of the description, which has exit codes and environment variables. */
  protected override async showTopicHelp(topic: Topic): Promise<void> {
    const {description = '', name} = topic
    const [summary = '', ...sections] = description.split('\n\n')
    this.log(this.formatTopic({...topic, description: summary}))
    this.log(`${this.formatCommands(this.commandsUnder(name))}\n`)
    for (const section of sections) {
      const [title = '', ...lines] = section.split('\n')
      const rows = lines.map((line): [string, string] => [/^\S+/.exec(line)?.[0] ?? '', line.replace(/^\S+ +/, '')])
      this.log(`${this.section(title.toUpperCase(), rows)}\n`)
    }

    if (SHARED_TOPICS.has(name)) this.showOtherAstro(`${name.replaceAll(':', ' ')} `)
  }

  /** False for a topic followed by a flag: oclif then shows help instead of running the command after the flag. */
  private isHelpWanted(): boolean {
    const words = process.argv.slice(2)
    const helpWords = new Set(['help', ...getHelpFlagAdditions(this.config)])
    return words.some((word) => helpWords.has(word)) || words.every((word) => !word.startsWith('-'))
  }

  /** The ID of the command or topic to show help for, by oclif's rules. */
  private subject(argv: readonly string[]): string | undefined {
    const helpFlags = getHelpFlagAdditions(this.config)
    const words = argv.filter((word) => !helpFlags.includes(word))
    const first = standardizeIDFromArgv(words, this.config).find((word) => word !== 'help')
    return first?.startsWith('-') ? undefined : first
  }

  /** The commands of a topic. Lists aliases only if the topic has nothing else. */
  private commandsUnder(topic: string): Command.Loadable[] {
    const commands = this.sortedCommands.filter(({id}) => id.startsWith(`${topic}:`))
    const withoutAliases = commands.filter(({aliases, id}) => !aliases.includes(id))
    return withoutAliases.length > 0 ? withoutAliases : commands
  }

  private showOtherAstro(topic: string): void {
    const [other] = findOtherAstros(process.env)
    if (!other) return
    const file = safeText(other.file)
    this.log(`Every other command runs the next astro on PATH, ${file}. Its help:`)
    this.log(`  $ ${file} ${topic}--help\n`)
  }
}
