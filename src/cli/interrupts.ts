import {exit} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {AstroError, cancelled} from '../lib/errors.js'
import {type WriteState} from '../lib/roles/write.js'

/** Signals that end a command. SIGHUP is sent when the terminal closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How long a signal waits until a refreshed login is saved. */
const LONGEST_REFRESH_MS = 10_000

const MESSAGES: Readonly<Record<WriteState, string>> = {
  not_written: cancelled().message,
  sent: 'Cancelled during the update. Could not confirm whether the roles were updated.',
  undone: 'Cancelled. The roles were updated, but another writer has undone the change.',
  written: 'Cancelled after the roles were updated.',
}

export interface InterruptOptions {
  /** Removes the spinner and aborts an open prompt. Returns whether a prompt was open; aborting it ends the command. */
  readonly clearScreen: () => boolean
  /** The state of the write. */
  readonly writeState: () => WriteState
  /** Prints a line on stderr. */
  readonly printLine: (line: string) => void
  /** Reports the error that the command ends with. */
  readonly report: (error: AstroError) => Promise<unknown>
  /** Ends the process; by default with the current exit code. */
  readonly end?: () => void
  /** Resolves after this many milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<unknown>
}

/** Ends a command on a signal. */
export interface Interrupts {
  listen(): void
  stopListening(): void
  /**
   * Makes a signal wait until this refreshed login to the domain is saved. The promise rejects if the refresh fails.
   */
  protectRefresh(saved: Promise<unknown>, domainName: string): void
  /** Resolves once the refreshed login is saved, after ten seconds at the latest. Without a refresh, resolves at once. */
  untilSaved(): Promise<void>
  /**
   * Never resolves once a signal is ending the process, so that the command sends no more requests and reports no other
   * error. Otherwise resolves at once.
   */
  untilEnd(): Promise<void>
}

/**
 * Ends the process at once on Ctrl-C, SIGTERM and SIGHUP; it releases its locks as it exits. It waits only for a
 * refresh of the login: if a rotated refresh token is not saved, the login is lost.
 */
export function createInterrupts(options: InterruptOptions): Interrupts {
  const {clearScreen, end = exit, printLine, report, wait = sleep, writeState} = options
  let isInterrupted = false
  let isEnding = false
  let refresh: undefined | {readonly domainName: string; readonly isSaved: Promise<boolean>}

  const endCommand = async () => {
    let atRisk: string | undefined
    if (refresh) {
      const {domainName, isSaved} = refresh
      printLine(
        `Waiting up to ${LONGEST_REFRESH_MS / 1000} seconds for the refreshed login to ${domainName} to be saved.`,
      )
      const isSafe = await Promise.race([isSaved, wait(LONGEST_REFRESH_MS).then(() => false)])
      if (!isSafe) atRisk = domainName
    }

    await report(createCancellation(writeState(), atRisk))
  }

  const onSignal = () => {
    if (isInterrupted) return
    isInterrupted = true
    if (clearScreen()) return
    isEnding = true
    endCommand()
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
    protectRefresh(saved, domainName) {
      const settle = (isSafe: boolean) => {
        if (refresh === current) refresh = undefined
        return isSafe
      }

      const current = {
        domainName,
        isSaved: saved.then(
          () => settle(true),
          () => settle(false),
        ),
      }
      refresh = current
    },
    async untilSaved() {
      // Without `ref`, the timer does not keep a host running.
      if (refresh) await Promise.race([refresh.isSaved, sleep(LONGEST_REFRESH_MS, undefined, {ref: false})])
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
    messages.push(`The login to ${domainAtRisk} was being refreshed and may be lost.`)
    hint = `If the next command is not authenticated, log in with the Astro CLI: astro login ${domainAtRisk}`
    if (isWritten) hint = `${check} (${hint})`
  }

  return new AstroError('cancelled', messages.join(' '), {hint})
}
