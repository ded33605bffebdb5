import {readFileSync, readlinkSync} from 'node:fs'
import {hostname} from 'node:os'
import {setTimeout as sleep} from 'node:timers/promises'

import {isCode} from '../helpers.js'

/** Identifies a process, so that other processes can find out whether it still runs. */
export interface ProcessIdentity {
  readonly host: string
  /** The host, and on Linux also its boot ID and PID namespace. PIDs are only comparable within the same machine. */
  readonly machine: string
  readonly pid: number
  /** When the process started, in clock ticks since boot. Absent if the system does not provide it. */
  readonly start?: string | undefined
}

/** The system functions that a lock needs. Tests replace them. */
export interface LockSystem {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  readonly date: () => Date
  readonly sleep: (ms: number) => Promise<unknown>
  /** A number from 0 to 1. */
  readonly random: () => number
  /** Repeats the work until the returned function is called. Does not keep the process alive. */
  readonly repeat: (ms: number, work: () => void) => () => void
  readonly self: () => ProcessIdentity
  /** Whether a process of this machine still runs. Without a start time, any process with that PID counts. */
  readonly isRunning: (pid: number, start?: string) => boolean
}

export const SYSTEM: LockSystem = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep,
  random: () => Math.random(),
  repeat(ms, work) {
    const timer = setInterval(work, ms).unref()
    return () => {
      clearInterval(timer)
    }
  },
  self() {
    const host = hostname()
    const machine = [host, textOrNone(bootId), textOrNone(pidNamespace)].join(' ')
    return {host, machine, pid: process.pid, start: readStat(process.pid)?.start}
  },
  isRunning(pid, start) {
    try {
      process.kill(pid, 0)
    } catch (error) {
      // EPERM means that it runs as another user.
      if (isCode(error, 'ESRCH')) return false
    }

    const stat = readStat(pid)
    if (!stat) return true
    // A zombie has ended, but its parent has not noticed yet.
    return !'XZ'.includes(stat.state) && (start === undefined || stat.start === start)
  },
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid')
}

/** The state and the start time of a process; undefined except on Linux. */
function readStat(pid: number): undefined | {readonly start: string | undefined; readonly state: string} {
  const text = textOrNone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (text === '') return undefined
  // The second field is the program's name in parentheses, which may contain spaces and parentheses.
  const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {state, start: fields[18]}
}

/** The text; empty if the system has no such file. */
function textOrNone(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
