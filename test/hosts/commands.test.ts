import {expect} from 'chai'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {onFirstRequest, roleOnDeployment, rolesOf, tokenOf} from '../e2e/support.js'
import {completions} from '../support/completion.js'
import {type Host, makeHostWithPlugin, PLUGIN} from '../support/host.js'
import {type Env, envFor} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const {deployments, tokens} = ids
const TOPIC = ['deployment', 'organization-token']
const ALIAS = ['deployment', 'token', 'organization-token']
const COMMANDS = ['add', 'list', 'remove', 'update']
const ON_REPORTS = ['--deployment-id', deployments.reports]

const HOSTS = [
  {title: 'with a space between topics', options: {topicSeparator: ' '}},
  {
    title: 'with a colon between topics and its own exit codes',
    options: {
      topicSeparator: ':',
      exitCodes: {default: 9, failedFlagParsing: 9, invalidArgsSpec: 9, nonExistentFlag: 9, requiredArgs: 9},
    },
  },
] as const

for (const {options, title} of HOSTS) {
  describe(`in a host ${title}, the plugin`, function () {
    this.timeout(60_000)
    let host: Host
    let api: AstroApi
    let env: Env

    before(async () => {
      host = await makeHostWithPlugin(options)
    })

    beforeEach(async () => {
      api = await startAstroApi()
      env = envFor(api)
    })

    afterEach(async () => {
      const {violations} = api
      await api.close()
      expect(violations).to.deep.equal([])
    })

    const run = async (command: string, ...argv: readonly string[]) =>
      host.run([...host.words(...TOPIC, command), ...argv], env)

    /** A command as the host's help and our hints spell it. */
    const spelled = (...words: readonly string[]) => `mycli ${host.words(...words).join(' ')}`

    it('runs the four commands, and the alias, without a line on stderr', async () => {
      const added = await run('add', '-n', 'ci-pipeline', ...ON_REPORTS)
      const updated = await run('update', tokens.ciPipeline, '--role', 'Deploy Reader', ...ON_REPORTS)
      const listed = await run('list', ...ON_REPORTS)
      const byAlias = await host.run([...host.words(...ALIAS, 'list'), ...ON_REPORTS], env)
      expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOnDeployment(deployments.reports, 'Deploy Reader'))
      const removed = await run('remove', tokens.ciPipeline, ...ON_REPORTS)

      for (const each of [added, updated, listed, removed]) expect(each).to.deep.include({exit: 0, stderr: ''})
      expect(added.stdout).to.contain('Added ci-pipeline')
      expect(updated.stdout).to.contain('DEPLOYMENT_ADMIN → Deploy Reader')
      expect(listed.stdout).to.match(new RegExp(`^${tokens.ciPipeline}\tci-pipeline\t`, 'm'))
      expect(byAlias).to.deep.equal(listed)
      expect(removed.stdout).to.contain('Removed ci-pipeline')
      expect(rolesOf(api, tokens.ciPipeline).filter(({entityId}) => entityId === deployments.reports)).to.deep.equal([])
    })

    it('prints results and errors as one JSON document', async () => {
      const listed = await run('list', ...ON_REPORTS, '--json')
      const failed = await run('list', '--bogus', '--json')

      expect(listed).to.deep.include({exit: 0, stderr: ''})
      expect(json(listed)).to.have.property('deployment_id', deployments.reports)
      expect(failed).to.deep.include({exit: 2, stderr: ''})
      const hint = `See the flags: ${spelled(...TOPIC, 'list')} --help`
      expect(json(failed)).to.deep.equal({error: {kind: 'usage', message: 'Unknown flag: --bogus.', exit: 2, hint}})
    })

    it('exits as documented, whatever exit codes the host has', async () => {
      tokenOf(api, tokens.ciPipeline).roles = [roleOnDeployment(deployments.reports, 'Deploy Reader')]

      for (const [exit, command, flags, stderr, more] of [
        [2, 'list', ['--bogus'], `Unknown flag: --bogus.\nSee the flags: ${spelled(...TOPIC, 'list')} --help\n`],
        [2, 'add', ON_REPORTS, 'No token specified.'],
        [3, 'remove', ['-n', 'ci-pipelin', ...ON_REPORTS], '"ci-pipelin"'],
        [4, 'list', ON_REPORTS, 'Not authenticated', {ASTRO_API_TOKEN: undefined}],
        [5, 'remove', [tokens.ciPipeline, ...ON_REPORTS], 'at least one role'],
      ] as const) {
        const result = await host.run([...host.words(...TOPIC, command), ...flags], {...env, ...more})
        expect(result).to.deep.include({exit, stdout: ''})
        expect(result.stderr)
          .to.match(/^Error: .+\n(?:.+\n)?$/)
          .and.contain(stderr)
      }
    })

    it('keeps the exit code if nobody reads stderr', async () => {
      const argv = [...host.words(...TOPIC, 'remove'), '-n', 'no-such-token', ...ON_REPORTS]
      const {child, end} = host.start(argv, {...env, DEBUG: 'astro'})
      child.stderr.destroy()
      expect(await end).to.include({exit: 3, stdout: ''})
    })

    it('exits with 130 after Ctrl-C', async () => {
      api.inject({operationId: 'listApiTokens', times: Infinity, action: {kind: 'hang'}})
      const {child, end} = host.start([...host.words(...TOPIC, 'list'), ...ON_REPORTS], env)
      onFirstRequest(api, () => child.kill('SIGINT'))
      expect(await end).to.deep.equal({exit: 130, stdout: '', stderr: 'Cancelled.\n'})
    })

    it("shows help with the host's bin and separator", async () => {
      const help = await run('add', '--help')

      expect(help).to.deep.include({exit: 0, stderr: ''})
      expect(help.stdout).to.contain(`$ ${spelled(...TOPIC, 'add')} [TOKEN-ID]`)
      expect(help.stdout).to.contain(`$ ${spelled(...ALIAS, 'add')}`)
      expect(help.stdout).not.to.match(/\bastro deployment/)
      expect(help.stdout).to.contain(`${spelled(...TOPIC)} --help\n`)
    })

    it("leaves the host's topic, its command there and its help plugin unchanged", async () => {
      const topic = await host.run(['help', 'deployment'], env)
      const own = await host.run(host.words('deployment', 'inspect'), env)
      const all = await host.run(['help'], env)

      expect(topic).to.deep.include({exit: 0, stderr: ''})
      expect(topic.stdout).to.match(/^This is mycli's own help\.\nDeployments of mycli\n/)
      expect(topic.stdout).to.match(/deployment[ :]organization-token +Assign Deployment roles/)
      expect(topic.stdout).to.match(/deployment[ :]inspect +Inspect a deployment of mycli/)
      expect(own).to.deep.equal({exit: 0, stderr: '', stdout: 'inspected by mycli\n'})
      expect(all.stdout).to.match(/^ +deployment +Deployments of mycli$/m)
      expect(all.stdout).to.match(/^ +help +Display help of mycli$/m)
    })

    it('is among the commands that the host lists and completes', async () => {
      const listed = await host.run(['commands', '--json'], env)
      const commands = JSON.parse(listed.stdout) as {readonly id: string; readonly pluginName: string}[]
      expect(commands.filter(({pluginName}) => pluginName === PLUGIN).map(({id}) => id)).to.have.members(
        [TOPIC, ALIAS].flatMap((topic) => COMMANDS.map((name) => [...topic, name].join(':'))),
      )

      const refreshed = await host.run(['autocomplete', '--refresh-cache'], env)
      expect(refreshed).to.include({exit: 0, stdout: ''})
      const cache = env.XDG_CACHE_HOME ?? ''
      const functions = join(cache, 'mycli', 'autocomplete', 'functions', 'bash', 'mycli.bash')
      for (const topic of [TOPIC, ALIAS]) {
        const offered = await completions(functions, ['mycli', ...host.words(...topic, '')], env)
        expect(offered).to.deep.equal(COMMANDS.flatMap((name) => host.words(...topic, name).slice(-1)))
      }

      const flags = await completions(functions, ['mycli', ...host.words(...TOPIC, 'add'), '--'], env)
      expect(flags).to.include.members(['--deployment-id', '--json', '--org-token-name', '--role'])
    })
  })
}
