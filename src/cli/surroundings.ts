import {homedir} from 'node:os'
import {cwd} from 'node:process'

/** The user's home directory; empty if the system has none, as for some users in containers. */
export function homeDirectory(): string {
  try {
    return homedir()
  } catch {
    return ''
  }
}

/** The working directory; undefined if it has been removed. */
export function workingDirectory(): string | undefined {
  try {
    return cwd()
  } catch {
    return undefined
  }
}
