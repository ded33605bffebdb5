import {type Output} from '../lib/output/list.js'
import {type Progress} from './progress.js'
import {type Prompts} from './prompts.js'
import {type Session} from './session.js'

/** What a command gives to the modules that do its work: the surroundings, and ways to speak to the user. */
export interface CommandIO {
  readonly env: NodeJS.ProcessEnv
  /** The user's home directory; empty if there is none. */
  readonly home: string
  /** The working directory; undefined if it was removed. */
  readonly directory: string | undefined
  /** The system's number of the user; undefined on Windows. */
  readonly userId: number | undefined
  readonly now: () => Date
  /** Undefined if the session is non-interactive. */
  readonly prompts: Prompts | undefined
  readonly progress: Progress
  /** Where prompts and plans are shown. */
  readonly stderr: Output
  /** Prints a line on stderr, with `--json` too. */
  readonly printLine: (text: string) => void
  /** Prints a warning on stderr, with `--json` too. */
  readonly printWarning: (text: string) => void
  readonly openSession: () => Promise<Session>
}
