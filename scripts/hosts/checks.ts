import {strictEqual as equal, match, ok, deepStrictEqual as same} from 'node:assert'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {type AstroApi} from '../../test/astro-api/server.js'
import {ids} from '../../test/astro-api/world.js'
import {completions} from '../../test/support/completion.js'
import {PLUGIN, ROOT} from '../../test/support/host.js'
import {type CliRun, type Env} from '../../test/support/run-cli.js'
import {type Check, type Host, type Place} from './hosts.js'
import {run} from './shell.js'

const {deployments, tokens} = ids
const COMMANDS = ['add', 'list', 'remove', 'update']
const ON_REPORTS = ['--deployment-id', deployments.reports]

/** What oclif's plugins and npm say; that a script of a tarball was not run, npm says of no package of a registry. */
const OWN_WORDS =
  /^$|(?:installing|linking) plugin|uninstalling |building the autocomplete cache|^npm warn install-scripts/i

/** A host that is there, with its user, and the API that the plugin talks to. */
export interface Trial extends Place {
  readonly host: Host
  readonly api: AstroApi
  readonly env: Env
  /** Where what is noticed, and fails no check, goes. */
  readonly notice: (remark: string) => void
}

/** Each looks at one thing and throws, with what was not so, where that is not as it should be. */
export const checks: Readonly<Record<Check, (trial: Trial) => Promise<void>>> = {
  async install(trial) {
    await own(trial, ['plugins', 'install'], trial.plugin)
    const {stdout} = await own(trial, ['plugins'])
    match(stdout, new RegExp(`${PLUGIN} 0`))
  },

  async inspect(trial) {
    const {stdout} = await own(trial, ['plugins', 'inspect'], PLUGIN)
    for (const name of COMMANDS) match(stdout, new RegExp(`deployment:organization-token:${name}\n`))
  },

  async run(trial) {
    for (const [argv, stdout] of [
      [['add', '-n', 'ci-pipeline'], /^Added ci-pipeline .+ as DEPLOYMENT_ADMIN\.\n$/],
      [['update', tokens.ciPipeline, '-r', 'Deploy Reader'], /^Updated .+: DEPLOYMENT_ADMIN → Deploy Reader\.\n$/],
      [['list'], /^ID\tNAME\t.+\n(?:.+\n)*.+\tci-pipeline\t.+\tDeploy Reader\t/],
    ] as const) {
      expectRun(await ours(trial, [...argv, ...ON_REPORTS]), {exit: 0, stdout})
    }

    equal(roleOnReports(trial), 'Deploy Reader')
    expectRun(await ours(trial, ['remove', '-n', 'ci-pipeline', ...ON_REPORTS]), {exit: 0, stdout: /^Removed /})
    equal(roleOnReports(trial), undefined)
  },

  async alias(trial) {
    const argv = ['list', ...ON_REPORTS]
    same(await ours(trial, argv, ['deployment', 'token', 'organization-token']), await ours(trial, argv))
  },

  async help(trial) {
    const {bin, separator, shownSeparator = separator} = trial.host
    const usage = `$ ${bin} ${['deployment', 'organization-token', 'add'].join(shownSeparator)} [TOKEN-ID]`
    const {exit, stderr, stdout} = await ours(trial, ['add', '--help'])
    same({exit, stderr, hasUsage: stdout.includes(usage)}, {exit: 0, stderr: '', hasUsage: true})
    if (bin !== 'mycli') return
    const topic = await own(trial, ['help'], 'deployment')
    match(topic.stdout, /^This is mycli's own help\.\nDeployments of mycli\n/)
    match(topic.stdout, /deployment[ :]inspect +Inspect a deployment of mycli/)
  },

  async JSON(trial) {
    const result = await ours(trial, ['list', ...ON_REPORTS, '--json'])
    expectRun(result, {exit: 0})
    equal((JSON.parse(result.stdout) as {deployment_id?: unknown}).deployment_id, deployments.reports)
  },

  async 'exit 2'(trial) {
    const {bin, separator} = trial.host
    const command = `${bin} ${['deployment', 'organization-token', 'list'].join(separator)}`
    same(await ours(trial, ['list', '--bogus']), {
      exit: 2,
      stderr: `Error: Nonexistent flag: --bogus\nSee the flags: ${command} --help\n`,
      stdout: '',
    })
    expectRun(await ours(trial, ['add', ...ON_REPORTS, '--json']), {exit: 2, stdout: /"kind": "usage"/})
  },

  async 'exit 3'(trial) {
    const argv = ['remove', '-n', 'ci-pipelin', ...ON_REPORTS]
    expectRun(await ours(trial, argv), {exit: 3, stderr: /^Error: .+\n.+\n$/, stdout: /^$/})
    expectRun(await ours(trial, [...argv, '--json']), {exit: 3, stdout: /"kind": "not_found"/})
  },

  async 'exit 4'(trial) {
    const withoutToken = {...trial, env: {...trial.env, ASTRO_API_TOKEN: undefined}}
    expectRun(await ours(withoutToken, ['list', ...ON_REPORTS]), {exit: 4, stderr: /^Error: .+\n.+\n$/, stdout: /^$/})
  },

  async commands(trial) {
    const {stdout} = await own(trial, ['commands'], '--json')
    const listed = new Set((JSON.parse(stdout) as {readonly id: string}[]).map(({id}) => id))
    for (const name of COMMANDS) ok(listed.has(`deployment:organization-token:${name}`), `no ${name} in its list`)
  },

  async completion(trial) {
    const {bin, completion, separator} = trial.host
    await attempt(trial, ['autocomplete'], '--refresh-cache')
    const file = join(trial.home, completion.file)
    if (completion.form === 'list') {
      const list = readFileSync(file, 'utf8')
      for (const name of COMMANDS) match(list, new RegExp(`^deployment:organization-token:${name} .*--json`, 'm'))
      return
    }

    const topic = ['deployment', 'organization-token', ''].join(separator)
    const offered = await completions(file, [bin, ...topic.split(' ')], trial.env)
    same(
      offered.map((word) => word.split(':').at(-1)),
      COMMANDS,
    )
  },

  async uninstall(trial) {
    await own(trial, ['plugins', 'uninstall'], PLUGIN)
    await isGone(trial)
  },

  async link(trial) {
    const {linkOptions = ['--no-install']} = trial.host
    await own(trial, ['plugins', 'link'], ...linkOptions, ROOT)
    expectRun(await ours(trial, ['list', ...ON_REPORTS]), {exit: 0, stdout: /^ID\tNAME\t/})
    await own(trial, ['plugins', 'uninstall'], PLUGIN)
    await isGone(trial)
  },
}

/** Runs a command of ours in the host, as it spells commands. */
async function ours(
  trial: Trial,
  [command = '', ...argv]: readonly string[],
  topics = ['deployment', 'organization-token'],
): Promise<CliRun> {
  return start(trial, [...topics, command], argv)
}

/** Runs a command of the host's own, which must succeed; what it says on stderr beyond its habits is noticed. */
async function own(trial: Trial, command: readonly string[], ...argv: readonly string[]): Promise<CliRun> {
  const result = await attempt(trial, command, ...argv)
  const said = `${result.stdout}${result.stderr}`.trim()
  equal(result.exit, 0, `${command.join(' ')} ended with ${result.exit ?? 'a signal'}: ${said}`)
  return result
}

/** As `own`, whether it succeeds or not. */
async function attempt(trial: Trial, command: readonly string[], ...argv: readonly string[]): Promise<CliRun> {
  const result = await start(trial, command, argv)
  const habits = [OWN_WORDS, ...(trial.host.chatter ? [trial.host.chatter] : [])]
  // Some pass on, on stdout, what npm says on stderr.
  const warnings = result.stdout.split('\n').filter((line) => line.startsWith('npm warn'))
  for (const line of [...result.stderr.split('\n'), ...warnings]) {
    if (!habits.some((habit) => habit.test(line))) trial.notice(`${command.join(' ')}: ${line}`)
  }

  return result
}

async function start({env, home, host}: Trial, command: readonly string[], argv: readonly string[]): Promise<CliRun> {
  const words = host.separator === ' ' ? command : [command.join(':')]
  return run([host.bin, ...words, ...argv], {cwd: home, env, stdin: command.includes('install') ? host.answer : ''})
}

/** The host does not know the commands; what it exits with then is its own. */
async function isGone(trial: Trial): Promise<void> {
  const before = trial.api.requests.length
  const {stdout} = await ours(trial, ['list', ...ON_REPORTS])
  same({requests: trial.api.requests.length - before, stdout}, {requests: 0, stdout: ''})
}

interface Expected {
  readonly exit: number
  /** Default: nothing. */
  readonly stderr?: RegExp
  readonly stdout?: RegExp
}

function expectRun(result: CliRun, {exit, stderr = /^$/, stdout = /./}: Expected): void {
  same(
    {exit: result.exit, stderr: stderr.test(result.stderr) ? 'as expected' : result.stderr},
    {
      exit,
      stderr: 'as expected',
    },
  )
  match(result.stdout, stdout)
}

function roleOnReports({api}: Trial): string | undefined {
  const roles = api.world.tokens.find(({id}) => id === tokens.ciPipeline)?.roles ?? []
  return roles.find(({entityId}) => entityId === deployments.reports)?.role
}
