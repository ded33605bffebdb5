import {ux} from '@oclif/core/ux'
import {type Key} from 'node:readline'

import {cancelled} from '../lib/errors.js'
import {narrowed} from '../lib/output/choices.js'
import {type Dialogue, type Prompts} from '../lib/selection/target.js'

/** Work that takes longer than this shows that it goes on. */
const SPINNER_AFTER_MS = 500

/** How many choices are shown at once. */
const PAGE_SIZE = 10

/** Where questions are put, and where answers come from. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & {readonly isTTY?: boolean}
  readonly stderr: NodeJS.WritableStream & {readonly columns?: number; readonly isTTY?: boolean}
}

/**
 * What a command says to a person beside its result, on stderr alone, so that stdout can be piped: questions, and on
 * work that takes long a sign that it goes on. A program that reads JSON gets neither, nor does a pipe. A question is
 * asked only where it is seen and can be answered: stdin and stderr are terminals, the cursor can be moved, and no CI
 * runs this.
 */
export function createDialogue(isJson: boolean, env: NodeJS.ProcessEnv, terminal: Terminal = process): Dialogue {
  const isSeen = terminal.stderr.isTTY === true && !isJson
  const canAsk = isSeen && terminal.stdin.isTTY === true && env.TERM !== 'dumb' && !env.CI
  /** Takes the question back that is on the screen. */
  let taken: AbortController | undefined
  /** What is to be said of the work, such as how far it is. */
  let progress = ''
  const ask: Ask = async (question) => {
    const controller = new AbortController()
    taken = controller
    try {
      return await ux.action.pauseAsync(async () => answered(question, terminal, controller))
    } finally {
      taken = undefined
    }
  }

  return {
    prompts: canAsk ? createPrompts(ask, terminal) : undefined,
    async working(what, work) {
      if (!isSeen) return work
      const timer = setTimeout(() => {
        // A question that is on the screen stays alone there.
        if (taken) timer.refresh()
        else ux.action.start(what, progress)
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
    clear() {
      if (ux.action.running) ux.action.stop('cancelled')
      taken?.abort()
      return taken !== undefined
    },
    showProgress(text) {
      progress = text
      if (ux.action.running) ux.action.status = text
    },
  }
}

/** Where a question is put, and what takes it back. */
interface PromptContext {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
}

type Ask = <T>(question: (context: PromptContext) => Promise<T>) => Promise<T>

/** The library that asks is loaded when it has to. */
function createPrompts(ask: Ask, {stderr}: Terminal): Prompts {
  return {
    columns: stderr.columns,
    async pick(question, choices) {
      const {search} = await import('@inquirer/prompts')
      let offered = choices
      const source = (typed = '') => {
        offered = narrowed(choices, typed)
        return offered
      }

      for (let message = question; ; message = `${question} (Again: Enter came before the list was narrowed.)`) {
        const value = await ask(async (context) => search({message, pageSize: PAGE_SIZE, source}, context))
        // The library takes Enter for the list that it showed before the last key, as where a line is pasted.
        if (offered.some((choice) => choice.value === value)) return value
      }
    },
    async confirm(message) {
      const {confirm} = await import('@inquirer/prompts')
      return ask(async (context) => confirm({message, default: false}, context))
    },
  }
}

/**
 * The answer; the library rejects with an error of its own where there is none, as after Ctrl-C. It does not know
 * Ctrl-D, after which nothing more can be typed.
 */
async function answered<T>(
  question: (context: PromptContext) => Promise<T>,
  {stderr, stdin}: Terminal,
  taken: AbortController,
): Promise<T> {
  const onKey = (_: unknown, {ctrl, name}: Key) => {
    if (ctrl && name === 'd') taken.abort()
  }

  stdin.on('keypress', onKey)
  try {
    return await question({input: stdin, output: stderr, signal: taken.signal})
  } catch (error) {
    if (!(error instanceof Error) || !/^(?:Abort|Exit)PromptError$/.test(error.name)) throw error
    throw cancelled()
  } finally {
    stdin.off('keypress', onKey)
  }
}
