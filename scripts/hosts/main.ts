/**
 * Tries the packed plugin in other people's CLIs, and the program by npx and installed globally, each with a home of its
 * own and against the emulated Astro API. Takes minutes and the npm registry. Exits with 1 where anything is not as it
 * should be and no exception says why. Words on the command line choose the hosts that have them in their names;
 * `standalone` is npx and npm.
 */
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../../test/astro-api/server.js'
import {packPlugin} from '../../test/support/host.js'
import {type Env, envFor} from '../../test/support/run-cli.js'
import {table} from '../table.js'
import {checks, type Trial} from './checks.js'
import {type Check, CHECKS, type Host, HOSTS} from './hosts.js'
import {mustRun, timed, userEnv} from './shell.js'
import {standalone} from './standalone.js'

const folder = mkdtempSync(join(tmpdir(), 'astro-hosts-'))
const shared = {npm_config_cache: join(folder, 'npm')}
const wanted = process.argv.slice(2)
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.some((word) => name.includes(word))

interface Report {
  readonly cells: readonly string[]
  /** What is not as it should be. */
  readonly failures: readonly string[]
  /** What is worth a look, exceptions included. */
  readonly remarks: readonly string[]
}

/** Installs a host and tries the plugin in it. */
async function tryHost(host: Host, tarball: string, api: AstroApi): Promise<Report> {
  const home = mkdtempSync(join(folder, 'home-'))
  const root = mkdtempSync(join(folder, 'host-'))
  const place = {home, plugin: `file:${tarball}`, root}
  const node = host.node ? [await installNode(host.node)] : []
  const env = userEnv(home, [join(root, host.binFolder ?? 'node_modules/.bin'), ...node], {
    ...astroEnv(api),
    ...host.env,
  })
  host.prepare?.(place)
  const packages = host.npmInstall ? ['--prefix', root, host.npmInstall] : []
  await mustRun(['npm', 'install', ...packages], {cwd: root, env: {...env, ...shared}})
  const {stdout: version} = await mustRun(['node', '--version'], {cwd: root, env})

  const remarks: string[] = []
  const trial = {...place, api, env, host, notice: (remark: string) => remarks.push(`${host.name}, ${remark}`)}
  const results = new Map<Check, {readonly reason: string | undefined; readonly seconds: string}>()
  for (const check of CHECKS) {
    const {result: reason, seconds} = await timed(outcome(check, trial))
    results.set(check, {reason, seconds})
  }

  const failures: string[] = []
  const cells = CHECKS.map((check) => {
    const {reason, seconds = ''} = results.get(check) ?? {}
    if (reason === undefined) return check === 'install' ? `yes, ${seconds} s` : 'yes'
    const exception = host.exceptions[check]
    const list = exception ? remarks : failures
    list.push(`${host.name}, ${check}: ${exception ?? reason}`)
    return exception ? '(no)' : 'no'
  })
  return {cells: [host.name, coreVersion(root), version.trim(), ...cells], failures, remarks}
}

/** Why a check did not pass; nothing where it did. */
async function outcome(check: Check, trial: Trial): Promise<string | undefined> {
  trial.api.reset()
  try {
    await checks[check](trial)
    return trial.api.violations.length === 0 ? undefined : trial.api.violations.join('; ')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** What the plugin itself needs to reach the emulator. */
function astroEnv(api: AstroApi): Env {
  const {ASTRO_API_TOKEN, ASTRO_DOMAIN, HOME} = envFor(api)
  return {ASTRO_API_TOKEN, ASTRO_DOMAIN, ASTRO_HOME: HOME}
}

const installed = new Map<number, Promise<string>>()

/** Installs a Node.js beside this one, once; resolves to the folder of its bin. */
async function installNode(major: number): Promise<string> {
  const root = join(folder, `node-${major}`)
  const install = async (): Promise<string> => {
    await mustRun(['npm', 'install', '--prefix', root, `node@${major}`], {cwd: folder, env: userEnv(root, [], shared)})
    return join(root, 'node_modules', 'node', 'bin')
  }

  const folderOfBin = installed.get(major) ?? install()
  installed.set(major, folderOfBin)
  return folderOfBin
}

function coreVersion(root: string): string {
  const manifest = readFileSync(join(root, 'node_modules', '@oclif', 'core', 'package.json'), 'utf8')
  return (JSON.parse(manifest) as {readonly version: string}).version
}

const api = await startAstroApi()
try {
  const tarball = await packPlugin(mkdtempSync(join(folder, 'pack-')))
  const reports: Report[] = []
  for (const host of HOSTS.filter(({name}) => isWanted(name))) reports.push(await tryHost(host, tarball, api))
  if (reports.length > 0) {
    const heads = ['HOST', '@oclif/core', 'Node.js', ...CHECKS]
    process.stdout.write(`${table([heads, ...reports.map(({cells}) => cells)])}\n`)
  }

  const failures = reports.flatMap((report) => report.failures)
  for (const line of reports.flatMap(({remarks}) => remarks)) process.stdout.write(`(${line})\n`)
  if (isWanted('standalone')) {
    const {failures: more, rows} = await standalone(tarball, mkdtempSync(join(folder, 'standalone-')), astroEnv(api))
    process.stdout.write(`\n${table(rows)}\n`)
    failures.push(...more)
  }

  for (const line of failures) process.stdout.write(`\nNOT AS IT SHOULD BE: ${line}\n`)
  process.exitCode = failures.length > 0 ? 1 : 0
} finally {
  await api.close()
  rmSync(folder, {force: true, recursive: true})
}
