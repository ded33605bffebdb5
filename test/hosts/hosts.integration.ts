import {expect} from 'chai'
import {mkdtempSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {completions} from '../support/completion.js'
import {packPlugin, PLUGIN, ROOT} from '../support/host.js'
import {type CliRun, type Env} from '../support/run-cli.js'
import {HOSTS, type Place} from './real-hosts.js'
import {emulatorEnv, mustRun, run, userEnv} from './shell.js'

const {deployments, tokens} = ids
const COMMANDS = ['add', 'list', 'remove', 'update']
const TOPIC = ['deployment', 'organization-token']
const ON_REPORTS = ['--deployment-id', deployments.reports]
const TWO_LINES = /^Error: .+\n.+\n$/

const folder = mkdtempSync(join(tmpdir(), 'astro-hosts-'))

/** Installs a Node.js beside this one; resolves to the directory of its bin. */
async function installNode(major: number): Promise<string> {
  const root = join(folder, `node-${major}`)
  const npmEnv = userEnv(root, [], {npm_config_cache: join(folder, 'npm')})
  await mustRun(['npm', 'install', '--prefix', root, `node@${major}`], {cwd: folder, env: npmEnv})
  return join(root, 'node_modules', 'node', 'bin')
}

for (const host of HOSTS) {
  describe(`in ${host.name}`, () => {
    let api: AstroApi
    let env: Env
    let place: Place

    before(async () => {
      api = await startAstroApi()
      const plugin = `file:${await packPlugin(mkdtempSync(join(folder, 'pack-')))}`
      place = {home: mkdtempSync(join(folder, 'home-')), plugin, root: mkdtempSync(join(folder, 'host-'))}
      const {home, root} = place
      const bins = [
        join(root, host.binFolder ?? 'node_modules/.bin'),
        ...(host.node ? [await installNode(host.node)] : []),
      ]
      env = userEnv(home, bins, {...emulatorEnv(api), ...host.env})
      host.prepare?.(place)
      const packages = host.npmInstall ? ['--prefix', root, host.npmInstall] : []
      await mustRun(['npm', 'install', ...packages], {cwd: root, env: {...env, npm_config_cache: join(folder, 'npm')}})
    })

    beforeEach(() => {
      api.reset()
    })

    afterEach(() => {
      expect(api.violations).to.deep.equal([])
    })

    after(async () => {
      await api.close()
    })

    const start = async (topics: readonly string[], argv: readonly string[], runEnv = env): Promise<CliRun> => {
      const words = host.separator === ' ' ? topics : [topics.join(':')]
      return run([host.bin, ...words, ...argv], {cwd: place.home, env: runEnv})
    }

    /** Runs a command of ours. */
    const ours = async (command: string, ...argv: string[]) => start([...TOPIC, command], argv)
    /** Runs a command of the host, which must succeed. */
    const own = async (topics: readonly string[], ...argv: string[]) => {
      const result = await start(topics, argv)
      expect(result.exit, `${result.stdout}${result.stderr}`).to.equal(0)
      return result.stdout
    }

    const roleOnReports = () => {
      const roles = api.world.tokens.find(({id}) => id === tokens.ciPipeline)?.roles ?? []
      return roles.find(({entityId}) => entityId === deployments.reports)?.role
    }

    const expectUninstalled = async () => {
      await own(['plugins', 'uninstall'], PLUGIN)
      const {stdout} = await ours('list', ...ON_REPORTS)
      expect([stdout, api.requests]).to.deep.equal(['', []])
    }

    it('installs, and is listed with its commands', async () => {
      await own(['plugins', 'install'], place.plugin)
      expect(await own(['plugins'])).to.contain(`${PLUGIN} 0`)
      const inspected = await own(['plugins', 'inspect'], PLUGIN)
      for (const name of COMMANDS) expect(inspected).to.contain(`deployment:organization-token:${name}\n`)
    })

    it('adds, updates, lists and removes, with nothing on stderr', async () => {
      const runs = [
        await ours('add', '-n', 'ci-pipeline', ...ON_REPORTS),
        await ours('update', tokens.ciPipeline, '-r', 'Deploy Reader', ...ON_REPORTS),
        await ours('list', ...ON_REPORTS),
      ]
      expect(roleOnReports()).to.equal('Deploy Reader')
      runs.push(await ours('remove', '-n', 'ci-pipeline', ...ON_REPORTS))

      expect(runs.map(({exit, stderr}) => [exit, stderr])).to.deep.equal(runs.map(() => [0, '']))
      const printed = [/^Added ci-pipeline .+\n$/, /^Updated .+ → Deploy Reader\.\n$/, /\tci-pipeline\t/, /^Removed /]
      for (const [index, expected] of printed.entries()) expect(runs[index]?.stdout).to.match(expected)
      expect(roleOnReports()).to.equal(undefined)
    })

    it('has the alias, help with its own bin and separator, and JSON', async () => {
      const listed = await ours('list', ...ON_REPORTS, '--json')
      expect(
        await start(['deployment', 'token', 'organization-token', 'list'], [...ON_REPORTS, '--json']),
      ).to.deep.equal(listed)
      expect(JSON.parse(listed.stdout)).to.have.property('deployment_id', deployments.reports)

      const help = await ours('add', '--help')
      expect(help).to.deep.include({exit: 0, stderr: ''})
      expect(help.stdout).to.contain(`$ ${host.bin} ${[...TOPIC, 'add'].join(host.separator)} [TOKEN-ID]`)
    })

    it('exits as documented, with one message', async () => {
      const missing = ['remove', '-n', 'ci-pipelin', ...ON_REPORTS] as const
      const signedOut = {...env, ASTRO_API_TOKEN: undefined}

      const unknown = await ours('list', '--bogus')
      const noToken = await ours('add', ...ON_REPORTS, '--json')
      const notFound = await ours(...missing)
      const unauthenticated = await start([...TOPIC, 'list'], ON_REPORTS, signedOut)

      const command = `${host.bin} ${[...TOPIC, 'list'].join(host.separator)}`
      const stderr = `Error: Unknown flag: --bogus.\nSee the flags: ${command} --help\n`
      expect(unknown).to.deep.equal({exit: 2, stderr, stdout: ''})
      expect(noToken).to.deep.include({exit: 2, stderr: ''})
      expect(noToken.stdout).to.contain('"kind": "usage"')
      for (const [result, exit] of [
        [unknown, 2],
        [notFound, 3],
        [unauthenticated, 4],
      ] as const) {
        expect(result).to.deep.include({exit, stdout: ''})
        expect(result.stderr).to.match(TWO_LINES)
      }
    })

    it('is among the commands that it lists', async () => {
      const listed = JSON.parse(await own(['commands'], '--json')) as {readonly id: string}[]
      expect(listed.map(({id}) => id)).to.include.members(
        COMMANDS.map((name) => `deployment:organization-token:${name}`),
      )
    })

    it('completes its commands', async () => {
      // Some hosts fail here because they request more from their own API.
      await start(['autocomplete'], ['--refresh-cache'])
      const {completion, separator} = host
      const file = join(place.home, completion.file)
      if (completion.form === 'list') {
        const list = readFileSync(file, 'utf8')
        for (const name of COMMANDS)
          expect(list).to.match(new RegExp(`^deployment:organization-token:${name} .*--json`, 'm'))
        return
      }

      const offered = await completions(file, [host.bin, ...[...TOPIC, ''].join(separator).split(' ')], env)
      expect(offered.map((word) => word.split(':').at(-1))).to.deep.equal(COMMANDS)
    })

    it('uninstalls, and links a checkout', async () => {
      await expectUninstalled()
      await own(['plugins', 'link'], '--no-install', ROOT)
      expect(await ours('list', ...ON_REPORTS)).to.deep.include({exit: 0, stderr: ''})
      api.reset()
      await expectUninstalled()
    })
  })
}
