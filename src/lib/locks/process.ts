import {readFileSync, readlinkSync} from 'node:fs'
import {tmpdir, uptime, userInfo} from 'node:os'

import {isCode} from '../helpers.js'

export interface ProcessIdentity {
  /** The boot ID and the PID namespace, within which PIDs are unique; empty except on Linux. */
  readonly machine: string
  readonly pid: number
  /** When the process started, in clock ticks since boot; only on Linux. */
  readonly start?: string | undefined
}

export type System = typeof SYSTEM

/** What a lock asks the operating system; never the environment, which differs between a user's processes. */
export const SYSTEM = {
  platform: process.platform,
  userId: process.getuid?.(),
  user: (): {readonly homedir: string; readonly username: string} => userInfo(),
  temporary: process.platform === 'win32' ? tmpdir() : '/tmp',
  uptime,
  self(): ProcessIdentity {
    const boot = textOrNone(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
    const namespace = textOrNone(() => readlinkSync('/proc/self/ns/pid'))
    return {machine: boot && `${boot} ${namespace}`, pid: process.pid, start: readStat(process.pid)?.start}
  },
  /** Whether a process of this machine runs. Without a start time, any process with that PID counts. */
  isRunning(pid: number, start?: string): boolean {
    try {
      process.kill(pid, 0)
    } catch (error) {
      // EPERM means that it runs as another user.
      if (isCode(error, 'ESRCH')) return false
    }

    const stat = readStat(pid)
    if (!stat) return true
    // A zombie has exited, but its parent has not reaped it.
    return !'XZ'.includes(stat.state) && (start === undefined || stat.start === start)
  },
}

function readStat(pid: number): undefined | {readonly start: string | undefined; readonly state: string} {
  const text = textOrNone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (text === '') return undefined
  // The second field is the program's name in parentheses, which may contain spaces and parentheses.
  const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {state, start: fields[18]}
}

function textOrNone(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
