import {homedir} from 'node:os'
import {cwd, env, stderr, stdin} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {type Clock, type Context} from '../lib/context.js'
import {redact} from '../lib/errors.js'
import {safeText} from '../lib/output/safe-text.js'
import {type Output} from '../lib/output/table.js'
import {type WriteProgress} from '../lib/roles/write.js'
import {type Interrupts} from './interrupts.js'
import {createProgress, type Progress} from './progress.js'
import {createPrompts, type Prompts} from './prompts.js'

/** The context of a command, with its terminal. */
export interface CommandContext extends Context, ContextOptions {
  /** Undefined if the session is non-interactive. */
  readonly prompts: Prompts | undefined
  readonly progress: Progress
  /** Prompts and plans appear here. */
  readonly stderr: Output
  /** Prints a line on stderr, even with `--json`. */
  readonly note: (line: string) => void
}

/** What a command adds to its context. */
export interface ContextOptions {
  readonly isJson: boolean
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  readonly write: WriteProgress
  readonly interrupts: Pick<Interrupts, 'protectRefresh' | 'untilEnd'>
}

/** The clock of every command. Tests replace its parts. */
export const systemClock: Clock = {now: () => Date.now(), random: () => Math.random(), sleep: async (ms) => sleep(ms)}

/** Creates the context from this process. */
export function createContext(options: ContextOptions): CommandContext {
  const {isJson} = options
  const prompts = createPrompts({stderr, stdin}, {env, isJson})
  const progress = createProgress(stderr.isTTY && !isJson, () => prompts?.isOpen() ?? false)
  return {
    env,
    home: valueOf(homedir) ?? '',
    directory: valueOf(cwd),
    userId: process.getuid?.(),
    clock: systemClock,
    report: {
      warn(message) {
        note(`Warning: ${message}`)
      },
      debug: createDebug(env.DEBUG),
      status: progress.show,
    },
    ...options,
    prompts,
    progress,
    stderr,
    note,
  }
}

/** Redacts everything in the text that looks like a credential, and ASTRO_API_TOKEN. */
export function redactText(text: string): string {
  return redact(text, env.ASTRO_API_TOKEN)
}

/** Prints a line on stderr, even with `--json`. */
export function note(line: string): void {
  stderr.write(`${safeText(redactText(line))}\n`)
}

function createDebug(names = ''): Context['report']['debug'] {
  if (!names.split(/[\s,]+/).some((name) => name === 'astro' || name === '*')) return () => {}
  return (...parts) => {
    note(['astro', ...parts.filter((part) => part !== undefined)].join(' '))
  }
}

/** Undefined if the system has no such value, as for the home of an unknown user or a removed directory. */
function valueOf<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
