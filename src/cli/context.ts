import {ux} from '@oclif/core/ux'
import {homedir} from 'node:os'
import {cwd, env, stderr, stdout} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {type Clock, type Context} from '../lib/context.js'
import {redact} from '../lib/errors.js'
import {safeText} from '../lib/output/safe-text.js'
import {type Output} from '../lib/output/table.js'
import {type WriteProgress} from '../lib/roles/write.js'
import {type Interrupts} from './endings.js'
import {createPrompts, type Prompts} from './prompts.js'

const SPINNER_AFTER_MS = 500

/** Shows a spinner on stderr while work takes longer, if stderr is a terminal. */
export interface Progress {
  readonly withSpinner: <T>(label: string, work: Promise<T>) => Promise<T>
  /** Shows a status beside the spinner's label; an empty text removes it. */
  readonly show: (text: string) => void
  readonly stop: () => void
}

export interface CommandContext extends Context, ContextOptions {
  /** Undefined if the session is non-interactive. */
  readonly prompts: Prompts | undefined
  readonly progress: Progress
  readonly stdout: Output
  readonly stderr: Output
  /** Prints a line on stderr, even with `--json`. */
  readonly note: (line: string) => void
}

export interface ContextOptions {
  readonly isJson: boolean
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  readonly write: WriteProgress
  readonly interrupts: Pick<Interrupts, 'protectRefresh' | 'untilEnd'>
}

/** The clock of every command. Tests replace its parts. */
export const systemClock: Clock = {now: () => Date.now(), random: () => Math.random(), sleep: async (ms) => sleep(ms)}

/** The streams of prompts. Node.js takes 3 ms to open stdin, and does so when it is read. */
const terminal = {
  stderr,
  get stdin() {
    return process.stdin
  },
}

export function createContext(options: ContextOptions): CommandContext {
  const {isJson} = options
  const prompts = createPrompts(terminal, {env, isJson})
  const progress = createProgress(stderr.isTTY && !isJson)
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
    stdout,
    stderr,
    note,
  }
}

let readCredential = () => env.ASTRO_API_TOKEN?.trim() ?? ''

/** Redacts this credential from now on, in whatever is printed. */
export function hideCredential(read: () => string): void {
  readCredential = read
}

/** Redacts everything in the text that looks like a credential, and the credential in use. */
export function redactText(text: string): string {
  return redact(text, readCredential())
}

/** Redacts a text, and makes it safe to print on one line of a terminal. */
export function printable(text: string): string {
  return safeText(redactText(text))
}

/** Prints a line on stderr, even with `--json`. */
export function note(line: string): void {
  stderr.write(`${printable(line)}\n`)
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

/** Creates progress; it stays hidden unless `isShown`. */
export function createProgress(isShown: boolean): Progress {
  let status = ''
  return {
    async withSpinner(label, work) {
      if (!isShown) return work
      const timer = setTimeout(() => {
        ux.action.start(label, status)
      }, SPINNER_AFTER_MS)
      let outcome = 'failed'
      try {
        const result = await work
        outcome = 'done'
        return result
      } finally {
        clearTimeout(timer)
        if (ux.action.running) ux.action.stop(outcome)
      }
    },
    show(text) {
      status = text
      if (ux.action.running) ux.action.status = text
    },
    stop() {
      if (ux.action.running) ux.action.stop('cancelled')
    },
  }
}
