import {spawn} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {delimiter, join} from 'node:path'

import {type CliRun, type Env, finished} from '../../test/support/run-cli.js'

/** How this machine reaches the npm registry. */
const WAY_OUT = /^(?:(?:https?|no)_proxy|node_extra_ca_certs|ssl_cert_(?:dir|file)|npm_config_(?:cafile|registry))$/i

/**
 * The environment of a user whose every folder is under this home; of this process it has the path, behind the folders
 * given, and the way to the registry.
 */
export function userEnv(home: string, folders: readonly string[], more: Env = {}): Env {
  const tmp = join(home, 'tmp')
  mkdirSync(tmp, {recursive: true})
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => WAY_OUT.test(name))),
    HOME: home,
    PATH: [...folders, process.env.PATH].join(delimiter),
    TMPDIR: tmp,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    npm_config_audit: 'false',
    npm_config_cache: join(home, 'npm'),
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    ...more,
  }
}

export interface RunOptions {
  readonly cwd: string
  readonly env: Env
  /** What is typed in; default: nothing, and no terminal. */
  readonly stdin?: string | undefined
}

export async function run(command: readonly string[], {cwd, env, stdin = ''}: RunOptions): Promise<CliRun> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {cwd, env, stdio: 'pipe'})
  // A program that asks nothing may end before it has read.
  child.stdin.on('error', () => {
    // Its exit says what it made of that.
  })
  child.stdin.end(stdin)
  return finished(child)
}

/** Runs a step that all others need: a failure of it ends everything. */
export async function mustRun(command: readonly string[], options: RunOptions): Promise<CliRun> {
  const result = await run(command, options)
  if (result.exit === 0) return result
  throw new Error(`${command.join(' ')} ended with ${result.exit ?? 'a signal'}:\n${result.stdout}${result.stderr}`)
}

/** Seconds that some work takes, to a tenth. */
export async function timed<T>(work: Promise<T>): Promise<{readonly result: T; readonly seconds: string}> {
  const start = performance.now()
  const result = await work
  return {result, seconds: ((performance.now() - start) / 1000).toFixed(1)}
}
