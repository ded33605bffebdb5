import {spawn} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {delimiter, join} from 'node:path'

import {type AstroApi} from '../astro-api/server.js'
import {type CliRun, type Env, envFor, finished} from '../support/run-cli.js'

/** Variables that npm needs to reach its registry. */
const WAY_OUT = /^(?:(?:https?|no)_proxy|node_extra_ca_certs|ssl_cert_(?:dir|file)|npm_config_(?:cafile|registry))$/i

/** The environment of a user with all directories under this home. Puts `folders` first on the path. */
export function userEnv(home: string, folders: readonly string[], more: Env): Env {
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

export async function run([program = '', ...args]: readonly string[], cwd: string, env: Env): Promise<CliRun> {
  return finished(spawn(program, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']}))
}

/** Runs a step that everything else needs. */
export async function mustRun(command: readonly string[], cwd: string, env: Env): Promise<CliRun> {
  const result = await run(command, cwd, env)
  if (result.exit === 0) return result
  throw new Error(`${command.join(' ')} ended with ${result.exit ?? 'a signal'}:\n${result.stdout}${result.stderr}`)
}

/** The variables that lead the plugin to the emulator. */
export function emulatorEnv(api: AstroApi): Env {
  const {ASTRO_API_TOKEN, ASTRO_DOMAIN, HOME} = envFor(api)
  return {ASTRO_API_TOKEN, ASTRO_DOMAIN, ASTRO_HOME: HOME}
}
