import {type ChildProcess, spawn, type SpawnOptions} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {stripVTControlCharacters} from 'node:util'

import {type AstroApi} from '../astro-api/server.js'

export const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** One cache of compiled code for all tests of a process: without it, the program takes twice as long to start. */
const CODE_CACHE = newFolder('cache')

export interface CliRun {
  readonly stdout: string
  readonly stderr: string
  /** The exit code, or the signal that ended the process. */
  readonly exit: NodeJS.Signals | null | number
}

export type Env = Readonly<Record<string, string | undefined>>

export function newFolder(name = 'tmp'): string {
  return mkdtempSync(join(tmpdir(), `astro-${name}-`))
}

/** A new home whose config file has the address of the emulator, as `local.core`. */
export function homeFor(api: Pick<AstroApi, 'url'>, more = ''): string {
  const home = newFolder('home')
  mkdirSync(join(home, '.astro'))
  writeFileSync(join(home, '.astro', 'config.yaml'), `local:\n  core: ${api.url}\n${more}`, {mode: 0o600})
  return home
}

/** The environment of a job with an API token of the emulator, and new directories for home and temporary files. */
export function envFor(api: Pick<AstroApi, 'apiToken' | 'url'>, more: Env = {}): Env {
  return {
    ASTRO_API_TOKEN: api.apiToken(),
    ASTRO_DOMAIN: 'localhost',
    HOME: homeFor(api),
    PATH: process.env.PATH,
    TMPDIR: newFolder(),
    XDG_CACHE_HOME: CODE_CACHE,
    ...more,
  }
}

/** Makes the program wait a twentieth of the time between retries and for responses. */
export const NO_WAITS: Env = {NODE_OPTIONS: `--import=${new URL('no-waits.js', import.meta.url).href}`}

/** Makes the program believe that it runs in a container of its own (on Linux), so that it shares no lock. */
export const OWN_MACHINE: Env = {NODE_OPTIONS: `--import=${new URL('own-machine.js', import.meta.url).href}`}

/** Starts bin/run.js, by default with a closed stdin, and pipes as its stdout and stderr. */
export function startCli(argv: readonly string[], env: Env, options: SpawnOptions = {}) {
  const child = spawn(process.execPath, [BIN, ...argv], {env, stdio: ['ignore', 'pipe', 'pipe'], ...options})
  return {child, end: finished(child)}
}

export async function runCli(argv: readonly string[], env: Env, cwd?: string): Promise<CliRun> {
  return startCli(argv, env, {cwd}).end
}

export async function runShell(line: string, env: Env, options: SpawnOptions = {}): Promise<CliRun> {
  return finished(spawn('sh', ['-c', line], {env, stdio: ['ignore', 'pipe', 'pipe'], ...options}))
}

/** The keys to type once the screen shows this. */
export type Turn = readonly [shows: RegExp, typed: string]

/** Runs bin/run.js on a pseudo-terminal and types as a person would. All output is in stdout, unless `redirect` is >FILE. */
export async function converse(
  argv: readonly string[],
  env: Env,
  turns: readonly Turn[] = [],
  {columns = 200, redirect = ''}: {readonly columns?: number; readonly redirect?: string} = {},
): Promise<CliRun> {
  const line = `stty cols ${columns}; exec ${shellWords([process.execPath, BIN, ...argv])}${redirect}`
  // An unanswered prompt must not keep the tests from ending.
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

export function shellWords(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
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

  const [code, signal] = (await once(child, 'close')) as [null | number, NodeJS.Signals | null]
  return {...output, exit: code ?? signal}
}
