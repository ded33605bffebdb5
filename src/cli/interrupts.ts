import {exit} from 'node:process'

import {ASTRO_LOGIN} from '../lib/auth/domain.js'
import {AstroError, cancelled} from '../lib/errors.js'
import {ignore} from '../lib/helpers.js'
import {type WriteProgress, type WriteState} from '../lib/roles/write.js'

/** Signals that end a command. SIGHUP is sent when the terminal closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const MESSAGES: Readonly<Record<WriteState, string>> = {
  not_written: cancelled().message,
  sent: 'Cancelled during the update. Could not confirm whether the roles were updated.',
  undone: 'Cancelled after another writer undid the change.',
  written: 'Cancelled after the roles were updated.',
}

export interface InterruptOptions {
  /** Removes the spinner and aborts an open prompt. Returns whether a prompt was open; aborting it ends the command. */
  readonly clearScreen: () => boolean
  readonly write: WriteProgress
  /** Reports the error that the command ends with. */
  readonly report: (error: AstroError) => Promise<unknown>
  /** Ends the process; by default with the current exit code. */
  readonly end?: () => void
}

/** Ends a command on a signal. */
export interface Interrupts {
  listen(): void
  stopListening(): void
  /** Makes a signal say that the login to the domain may be lost, until the promise settles. Returns the same promise. */
  protectRefresh<T>(domainName: string, refresh: Promise<T>): Promise<T>
  /** Resolves once no login is being refreshed. */
  untilRefreshed(): Promise<void>
  /**
   * Never resolves once a signal is ending the process, so that the command sends no more requests and reports no other
   * error. Otherwise resolves at once.
   */
  untilEnd(): Promise<void>
}

/** Ends the process at once on Ctrl-C, SIGTERM and SIGHUP. */
export function createInterrupts(options: InterruptOptions): Interrupts {
  const {clearScreen, end = exit, report, write} = options
  let isInterrupted = false
  let isEnding = false
  let refreshing: undefined | {readonly domainName: string; readonly end: Promise<unknown>}

  const onSignal = () => {
    if (isInterrupted) return
    isInterrupted = true
    if (clearScreen()) return
    isEnding = true
    report(createCancellation(write.state, refreshing?.domainName))
      .catch(() => {
        // `report` rejects to stop its caller, but here the process ends anyway.
      })
      .finally(() => {
        end()
      })
  }

  return {
    listen() {
      // `on`, not `once`: a second signal must not end the process before the first one is handled.
      for (const signal of SIGNALS) process.on(signal, onSignal)
    },
    stopListening() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
    async protectRefresh(domainName, refresh) {
      refreshing = {domainName, end: refresh.catch(ignore)}
      return refresh.finally(() => {
        refreshing = undefined
      })
    },
    async untilRefreshed() {
      await refreshing?.end
    },
    async untilEnd() {
      if (isEnding) await new Promise(() => {})
    },
  }
}

/** The error for a signal, given the state of the write and the domain whose login may be lost. */
function createCancellation(state: WriteState, domainAtRisk: string | undefined): AstroError {
  const isWritten = state !== 'not_written'
  const check = 'Check the roles of the token: {{list}} --all-deployments'
  const messages = [MESSAGES[state]]
  let hint = isWritten ? check : undefined
  if (domainAtRisk !== undefined) {
    messages.push(`The login to ${domainAtRisk} was being refreshed.`)
    hint = `If the next command is not authenticated, log in again ${ASTRO_LOGIN} ${domainAtRisk}`
    if (isWritten) hint = `${check} (${hint})`
  }

  return new AstroError('cancelled', messages.join(' '), {hint})
}
