import {exit} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {AstroError, cancelled} from '../lib/errors.js'
import {type WriteState} from '../lib/roles/role-write.js'

/** What ends a command before it is done. SIGHUP comes when the terminal is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How long a signal waits for a refreshed login to be saved. */
const LONGEST_REFRESH_MS = 10_000

const MESSAGES: Readonly<Record<WriteState, string>> = {
  refused: cancelled().message,
  sent: 'Cancelled while roles were being written; whether they were is not known.',
  written: 'Cancelled after the roles were written.',
}

export interface InterruptOptions {
  /** Clears the spinner, and aborts an open prompt, which then ends the command itself: whether there was one. */
  readonly clearScreen: () => boolean
  /** How far the write is; undefined if none was sent. */
  readonly writeState: () => undefined | WriteState
  /** Prints a line on stderr. */
  readonly printLine: (line: string) => void
  /** Reports the error that the command ends with. */
  readonly report: (error: AstroError) => Promise<unknown>
  /** Ends the process; with the exit code that it has by then unless given. */
  readonly end?: () => void
  /** Resolves after so many milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<unknown>
}

/** Ends a command on a signal. */
export interface Interrupts {
  listen(): void
  stopListening(): void
  /** Lets a signal wait for this refresh of the login to the domain, which rejects if it fails. */
  protectRefresh(saved: Promise<unknown>, domainName: string): void
  /**
   * Resolves unless a signal is ending the process, which must neither send another request then nor report another
   * error than the signal's.
   */
  untilEnd(): Promise<void>
}

/**
 * Ctrl-C, SIGTERM and SIGHUP end the process at once, and locks are released as it ends. Only a refresh of the login is
 * waited for: a refresh token that the provider has replaced must be saved, or the login is lost.
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

    await report(interruption(writeState(), atRisk))
  }

  const onSignal = () => {
    if (isInterrupted) return
    isInterrupted = true
    if (clearScreen()) return
    isEnding = true
    endCommand()
      .catch(() => {
        // The rejection is for a caller that goes on; here nothing does.
      })
      .finally(() => {
        end()
      })
  }

  return {
    listen() {
      // `on`, not `once`: the lock library exits the process if ours is the last listener.
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
    async untilEnd() {
      // Never resolves after a signal: only the signal is reported then.
      if (isEnding) await new Promise(() => {})
    },
  }
}

/** What a signal leaves behind: how far the write is, and the domain whose login may be lost. */
function interruption(state: undefined | WriteState, domainAtRisk: string | undefined): AstroError {
  const isWritten = state === 'sent' || state === 'written'
  const check = 'See what the token has now: {{list}} --all-deployments'
  const messages = [MESSAGES[state ?? 'refused']]
  let hint = isWritten ? check : cancelled().details.hint
  if (domainAtRisk !== undefined) {
    messages.push(`The login to ${domainAtRisk} was being refreshed and may be lost.`)
    hint = `If the next command is refused, log in with the Astro CLI: astro login ${domainAtRisk}`
    if (isWritten) hint = `${check} (${hint})`
  }

  return new AstroError('cancelled', messages.join(' '), {hint})
}
