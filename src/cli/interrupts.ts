import {exit} from 'node:process'
import {setTimeout as sleep} from 'node:timers/promises'

import {AstroError, cancelled} from '../lib/errors.js'
import {type WriteState} from '../lib/roles/role-write.js'

/** Signals that end a command. SIGHUP is sent when the terminal closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How long a signal waits for a refreshed login to be saved. */
const LONGEST_REFRESH_MS = 10_000

const MESSAGES: Readonly<Record<WriteState, string>> = {
  refused: cancelled().message,
  sent: 'Cancelled during the update. Could not confirm whether the roles were updated.',
  written: 'Cancelled after the roles were updated.',
}

export interface InterruptOptions {
  /** Clears the spinner and aborts an open prompt. Returns whether there was a prompt, which then ends the command. */
  readonly clearScreen: () => boolean
  /** The state of the write; undefined if none was sent. */
  readonly writeState: () => undefined | WriteState
  /** Prints a line on stderr. */
  readonly printLine: (line: string) => void
  /** Reports the error that the command ends with. */
  readonly report: (error: AstroError) => Promise<unknown>
  /** Ends the process; default: with the present exit code. */
  readonly end?: () => void
  /** Resolves after this many milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<unknown>
}

/** Ends a command on a signal. */
export interface Interrupts {
  listen(): void
  stopListening(): void
  /** Makes a signal wait for this refresh of the login to the domain. The promise rejects if the refresh fails. */
  protectRefresh(saved: Promise<unknown>, domainName: string): void
  /**
   * Resolves, unless a signal is ending the process: then no other request may be sent and no other error be reported.
   */
  untilEnd(): Promise<void>
}

/**
 * Ends the process at once on Ctrl-C, SIGTERM and SIGHUP; locks are released as it exits. It waits only for a refresh of
 * the login, because a rotated refresh token that is not saved is a lost login.
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
        // `report` rejects for callers that continue; here the process ends.
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
    async untilEnd() {
      if (isEnding) await new Promise(() => {})
    },
  }
}

/** The error for a signal, given the state of the write and the domain whose login may be lost. */
function createCancellation(state: undefined | WriteState, domainAtRisk: string | undefined): AstroError {
  const isWritten = state === 'sent' || state === 'written'
  const check = 'Check the roles of the token: {{list}} --all-deployments'
  const messages = [MESSAGES[state ?? 'refused']]
  let hint = isWritten ? check : undefined
  if (domainAtRisk !== undefined) {
    messages.push(`The login to ${domainAtRisk} was being refreshed and may be lost.`)
    hint = `If the next command is refused, log in with the Astro CLI: astro login ${domainAtRisk}`
    if (isWritten) hint = `${check} (${hint})`
  }

  return new AstroError('cancelled', messages.join(' '), {hint})
}
