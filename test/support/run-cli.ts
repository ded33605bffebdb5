import {type ChildProcess, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {stripVTControlCharacters} from 'node:util'

import {type AstroApi} from '../astro-api/server.js'

export const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

export interface CliRun {
  readonly stdout: string
  readonly stderr: string
  /** The exit code, or the signal that ended the process. */
  readonly exit: NodeJS.Signals | null | number
}

export type Env = Readonly<Record<string, string | undefined>>

/** A new, empty home whose config says where the emulator is, as `local.core`. */
export function homeFor(api: Pick<AstroApi, 'url'>, more = ''): string {
  const home = mkdtempSync(join(tmpdir(), 'astro-home-'))
  mkdirSync(join(home, '.astro'))
  writeFileSync(join(home, '.astro', 'config.yaml'), `local:\n  core: ${api.url}\n${more}`, {mode: 0o600})
  return home
}

/** The environment of a job that has an API token of the emulator, and of this process nothing but the path. */
export function envFor(api: Pick<AstroApi, 'apiToken' | 'url'>, more: Env = {}): Env {
  return {
    ASTRO_API_TOKEN: api.apiToken(),
    ASTRO_DOMAIN: 'localhost',
    // Otherwise a test would wait for the locks of others, and see what they noted about role sets.
    ASTRO_LOCK_DIR: mkdtempSync(join(tmpdir(), 'astro-locks-')),
    HOME: homeFor(api),
    PATH: process.env.PATH,
    ...more,
  }
}

/** Runs bin/run.js with these arguments until it ends; its stdin is closed, its stdout and stderr are pipes. */
export async function runCli(argv: readonly string[], env: Env, cwd?: string): Promise<CliRun> {
  return finished(spawn(process.execPath, [BIN, ...argv], {env, stdio: ['ignore', 'pipe', 'pipe'], cwd}))
}

/** Runs bin/run.js on a pseudo-terminal of 200 columns; what it shows there is all in stdout. */
export async function runOnTerminal(argv: readonly string[], env: Env): Promise<CliRun> {
  return converse(argv, env, [])
}

/** What is typed on a terminal once the screen shows this. */
export type Turn = readonly [shows: RegExp, typed: string]

/**
 * Runs bin/run.js on a pseudo-terminal as `runOnTerminal` does, and types as a person would. `redirect` is what a shell
 * line may add, such as ` >file`; `columns` is the width of the terminal.
 */
export async function converse(
  argv: readonly string[],
  env: Env,
  turns: readonly Turn[],
  {columns = 200, redirect = ''}: {readonly columns?: number; readonly redirect?: string} = {},
): Promise<CliRun> {
  const command = [process.execPath, BIN, ...argv].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`)
  const line = `stty cols ${columns}; exec ${command.join(' ')}${redirect}`
  // A question that nobody answers must not keep the tests from ending.
  const options = {env: {TERM: 'xterm', ...env}, stdio: 'pipe', timeout: 50_000} as const
  const child = spawn('script', onTerminal(line), options)
  const waiting = [...turns]
  let unread = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    unread += text.replaceAll('\r', '')
    const [next] = waiting
    if (!next?.[0].test(stripVTControlCharacters(unread))) return
    unread = ''
    waiting.shift()
    child.stdin.write(next[1])
  })
  const run = await finished(child)
  return {...run, stdout: run.stdout.replaceAll('\r\n', '\n')}
}

/** The arguments of `script` that run this shell line on a pseudo-terminal: util-linux's, or BSD's, as on macOS. */
export function onTerminal(line: string): string[] {
  if (process.platform === 'darwin') return ['-q', '/dev/null', 'sh', '-c', line]
  return ['--quiet', '--return', '--command', line, '/dev/null']
}

/** Collects what a process prints, and waits for its end. */
export async function finished(child: ChildProcess): Promise<CliRun> {
  const output = {stdout: '', stderr: ''}
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }

  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({...output, exit: code ?? signal})
    })
  })
}
