import {type Output} from '../lib/output/table.js'
import {type Progress} from './progress.js'
import {type Prompts} from './prompts.js'
import {type Session} from './session.js'

/** The environment of a command: variables, folders, the clock, and ways to print and to prompt. */
export interface CommandIO {
  readonly env: NodeJS.ProcessEnv
  /** The user's home directory; empty if there is none. */
  readonly home: string
  /** The working directory; undefined if it was removed. */
  readonly directory: string | undefined
  /** The system's user ID; undefined on Windows. */
  readonly userId: number | undefined
  readonly now: () => Date
  /** Undefined if the session is non-interactive. */
  readonly prompts: Prompts | undefined
  readonly progress: Progress
  /** Prompts and plans appear here. */
  readonly stderr: Output
  /** Prints a line on stderr, even with `--json`. */
  readonly printLine: (text: string) => void
  /** Prints a warning on stderr, even with `--json`. */
  readonly printWarning: (text: string) => void
  readonly openSession: () => Promise<Session>
}
