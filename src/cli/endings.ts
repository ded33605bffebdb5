import {exit} from 'node:process'

import {ASTRO_LOGIN} from '../lib/auth/domain.js'
import {AstroError, cancelled, EXITS} from '../lib/errors.js'
import {ignore} from '../lib/helpers.js'
import {type WriteProgress, type WriteState} from '../lib/roles/write.js'

/** How a process exits before its work is done: by a signal, without a result, or because stdout fails. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const UPDATED = 'The roles were updated.'
const UNKNOWN = 'Could not confirm whether the roles were updated.'
const STOPPED = 'The command exited during the update.'

const MESSAGES: Readonly<Record<WriteState, {readonly cancelled: string; readonly unfinished: string}>> = {
  not_written: {cancelled: cancelled().message, unfinished: 'The command exited before it was done.'},
  sent: {cancelled: `Cancelled during the update. ${UNKNOWN}`, unfinished: `${STOPPED} ${UNKNOWN}`},
  undone: {cancelled: 'Cancelled after another writer undid the change.', unfinished: `${STOPPED} ${UNKNOWN}`},
  written: {cancelled: 'Cancelled after the roles were updated.', unfinished: `${STOPPED} ${UPDATED}`},
}

function hintFor(state: WriteState): string | undefined {
  return state === 'not_written' ? undefined : "Check the token's roles: {{list}} --all-deployments"
}

/** The error of a command whose work never finishes. */
export function unfinishedError({state}: WriteProgress): AstroError {
  return new AstroError('internal', MESSAGES[state].unfinished, {hint: hintFor(state)})
}

/** The error of a command that a signal interrupts, while the login to a domain may be refreshed and lost. */
export function cancelledError({state}: WriteProgress, domainAtRisk?: string): AstroError {
  const message = MESSAGES[state].cancelled
  const check = hintFor(state)
  if (domainAtRisk === undefined) return new AstroError('cancelled', message, {hint: check})
  const logIn = `If the next command is not authenticated, log in again ${ASTRO_LOGIN} ${domainAtRisk}`
  return new AstroError('cancelled', `${message} The login to ${domainAtRisk} was being refreshed.`, {
    hint: check ? `${check} (${logIn})` : logIn,
  })
}

export type Interrupts = ReturnType<typeof createInterrupts>

interface InterruptOptions {
  /** Returns whether a prompt was open. Aborting it ends the command. */
  readonly abortPrompt: () => boolean
  /** Reports the end of the command, and the domain whose login may be lost. */
  readonly report: (domainAtRisk?: string) => Promise<unknown>
}

/** Ends the process at once on Ctrl-C, SIGTERM and SIGHUP. */
export function createInterrupts({abortPrompt, report}: InterruptOptions) {
  let isInterrupted = false
  let isEnding = false
  let refreshing: undefined | {readonly domainName: string; readonly end: Promise<unknown>}

  const onSignal = () => {
    if (isInterrupted) return
    isInterrupted = true
    if (abortPrompt()) return
    isEnding = true
    report(refreshing?.domainName)
      .catch(ignore)
      .finally(() => exit())
  }

  return {
    listen() {
      // `on`, not `once`: a second signal must not end the process before the first one is handled.
      for (const signal of SIGNALS) process.on(signal, onSignal)
    },
    stopListening() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
    /** Makes a signal say that the login to the domain may be lost, until the promise settles. Returns the promise. */
    async protectRefresh<T>(domainName: string, refresh: Promise<T>): Promise<T> {
      refreshing = {domainName, end: refresh.catch(ignore)}
      return refresh.finally(() => {
        refreshing = undefined
      })
    },
    async untilRefreshed() {
      await refreshing?.end
    },
    /** Never resolves once a signal is ending the process, so that the command neither sends nor reports anything. */
    async untilEnd() {
      if (isEnding) await new Promise(() => {})
    },
  }
}

let currentReport: (() => void) | undefined

/**
 * Makes the process exit with a failure until the returned function restores its exit code. Calls `report` if the event
 * loop empties before that, as it does when a promise never settles; only the last one reports.
 */
export function failUntilFinished(report: () => void): () => void {
  const {exitCode} = process
  const outer = currentReport
  process.exitCode = EXITS.internal
  currentReport = report
  const onEmpty = () => {
    if (currentReport === report) report()
  }

  process.once('beforeExit', onEmpty)
  return () => {
    process.off('beforeExit', onEmpty)
    if (currentReport === report) currentReport = outer
    process.exitCode = exitCode
  }
}

let currentWrite: undefined | WriteProgress

/** Ends the process if stdout fails, except for a closed pipe. The listeners stay, because an error may come late. */
export function guardOutput(write?: WriteProgress): void {
  currentWrite = write
  if (process.stdout.listeners('error').includes(onStdoutError)) return
  // Runs first: the listeners of oclif and of the host end the process without saying whether the roles were updated.
  process.stdout.prependListener('error', onStdoutError)
  process.stderr.on('error', ignore)
}

function onStdoutError({code}: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return
  const outcome = currentWrite?.state === 'written' ? ` ${UPDATED}` : ''
  process.stderr.write(`Error: Could not write to stdout (${code ?? 'unknown error'}).${outcome}\n`)
  exit(1)
}
