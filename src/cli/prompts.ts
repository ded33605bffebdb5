import {type Key} from 'node:readline'

import {cancelled} from '../lib/errors.js'
import {type Choice, filterChoices} from '../lib/output/choices.js'

/** The lines of a terminal that does not report them. */
const DEFAULT_ROWS = 24

/** The lines around a list: the question, which may take two, an empty line, the footer, and the cursor's line. */
const LINES_AROUND = 5

/** The streams of a prompt: it reads from stdin and writes to stderr. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & {readonly isTTY?: boolean}
  readonly stderr: NodeJS.WritableStream & {readonly isTTY?: boolean; readonly rows?: number}
}

/** Prompts the user. Every prompt rejects with `cancelled` if the user cancels it. */
export interface Prompts {
  /** Prompts with a list that the user filters by typing. Returns the value of the choice. */
  pick(question: string, choices: readonly Choice[]): Promise<string>
  confirm(question: string): Promise<boolean>
  /** Whether the command has prompted for anything. */
  wereUsed(): boolean
  /** Cancels the open prompt. Returns whether there was one. */
  abort(): boolean
}

/** Returns undefined in a non-interactive session: `--json`, CI, or no terminal that can move the cursor. */
export function createPrompts(
  terminal: Terminal,
  {env, isJson}: {readonly env: NodeJS.ProcessEnv; readonly isJson: boolean},
): Prompts | undefined {
  if (isJson || env.TERM === 'dumb' || env.CI || !terminal.stderr.isTTY || !terminal.stdin.isTTY) return undefined
  let open: AbortController | undefined
  let isUsed = false
  const ask: Ask = async (question, watchKey) => {
    const controller = new AbortController()
    open = controller
    isUsed = true
    try {
      return await promptOrCancel(question, terminal, {controller, watchKey})
    } finally {
      open = undefined
    }
  }

  return {
    pick: async (question, choices) => pick(ask, question, {choices, rows: terminal.stderr.rows || DEFAULT_ROWS}),
    async confirm(message) {
      const {default: confirm} = await import('@inquirer/confirm')
      return ask(async (context) => confirm({message, default: false}, context))
    },
    wereUsed: () => isUsed,
    abort() {
      open?.abort()
      return open !== undefined
    },
  }
}

interface PromptContext {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
}

type Ask = <T>(question: (context: PromptContext) => Promise<T>, watchKey?: (key: Key) => void) => Promise<T>

async function pick(
  ask: Ask,
  question: string,
  {choices, rows}: {readonly choices: readonly Choice[]; readonly rows: number},
): Promise<string> {
  const {default: search} = await import('@inquirer/search')
  let offered = choices
  const state = {isListCurrent: true, cameEarly: false}
  const source = (typed = '') => {
    offered = filterChoices(choices, typed)
    // The library renders the list before the next turn of the event loop.
    setImmediate(() => {
      state.isListCurrent = true
    })
    return offered
  }

  // With a pasted line or a slow connection, Enter arrives before the list is filtered. It would then pick a choice
  // that the user did not see.
  const watchKey = (key: Key) => {
    const {ctrl, name = '', sequence = ''} = key
    // The library would replace the typed text with the line of the choice.
    if (name === 'tab') Object.assign(key, {ctrl: true, name: ''})
    else if (name === 'return' || name === 'enter') state.cameEarly = !state.isListCurrent
    else if (!ctrl && (sequence.length === 1 || name === 'backspace')) state.isListCurrent = false
  }

  const pageSize = Math.max(1, rows - LINES_AROUND)
  const keys = () => `${offered.length} of ${choices.length}. Type to filter, ↑↓, Enter; Esc to cancel`
  const theme = {style: {keysHelpTip: keys}}
  for (let message = question; ; message = `${question} (Again: Enter came before the list was filtered.)`) {
    Object.assign(state, {isListCurrent: true, cameEarly: false})
    const value = await ask(async (context) => search({message, pageSize, source, theme}, context), watchKey)
    if (!state.cameEarly && offered.some((choice) => choice.value === value)) return value
  }
}

/** Makes Esc and Ctrl-D cancel the prompt too; the library only handles Ctrl-C. */
async function promptOrCancel<T>(
  question: (context: PromptContext) => Promise<T>,
  {stderr, stdin}: Terminal,
  {controller, watchKey}: {readonly controller: AbortController; readonly watchKey: ((key: Key) => void) | undefined},
): Promise<T> {
  const onKeypress = (_: unknown, key: Key) => {
    watchKey?.(key)
    if (key.name === 'escape' || (key.ctrl && key.name === 'd')) controller.abort()
  }

  // After Ctrl-Z and `fg`, readline leaves its input paused.
  const onContinue = () => setImmediate(() => stdin.resume())

  stdin.prependListener('keypress', onKeypress)
  if (process.platform !== 'win32') process.on('SIGCONT', onContinue)
  try {
    return await question({input: stdin, output: stderr, signal: controller.signal})
  } catch (error) {
    if (!(error instanceof Error) || !/^(?:Abort|Exit)PromptError$/.test(error.name)) throw error
    throw cancelled()
  } finally {
    stdin.off('keypress', onKeypress)
    process.off('SIGCONT', onContinue)
  }
}
