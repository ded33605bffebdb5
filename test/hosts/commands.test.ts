import {expect} from 'chai'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {onFirstRequest, roleOnDeployment, rolesOf} from '../e2e/support.js'
import {type Host, makeHostWithPlugin, PLUGIN} from '../support/host.js'
import {type Env, envFor} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const {deployments, tokens} = ids
const TOPIC = ['deployment', 'organization-token']
const ON_REPORTS = ['--deployment-id', deployments.reports]

const HOSTS = [
  {title: 'with a space between topics', options: {topicSeparator: ' '}},
  {
    title: 'with a colon between topics and its own exit codes',
    options: {
      topicSeparator: ':',
      exitCodes: {
        default: 9,
        failedFlagParsing: 9,
        failedFlagValidation: 9,
        invalidArgsSpec: 9,
        nonExistentFlag: 9,
        requiredArgs: 9,
        unexpectedArgs: 9,
      },
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

    /** Runs a command whose stderr nobody reads. */
    const runUnread = async (command: string, ...argv: readonly string[]) => {
      const {child, end} = host.start([...host.words(...TOPIC, command), ...argv], {...env, DEBUG: 'astro'})
      child.stderr.destroy()
      return end
    }

    /** The command as the host's help and our hints spell it. */
    const spelled = (command: string) => `mycli ${host.words(...TOPIC, command).join(' ')}`

    it('runs the four commands, without a line on stderr', async () => {
      const added = await run('add', '-n', 'ci-pipeline', ...ON_REPORTS)
      const updated = await run('update', tokens.ciPipeline, '--role', 'Deploy Reader', ...ON_REPORTS)
      const listed = await run('list', ...ON_REPORTS)
      expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOnDeployment(deployments.reports, 'Deploy Reader'))
      const removed = await run('remove', tokens.ciPipeline, ...ON_REPORTS)

      for (const each of [added, updated, listed, removed]) expect(each).to.deep.include({exit: 0, stderr: ''})
      expect(added.stdout).to.contain('Added ci-pipeline')
      expect(updated.stdout).to.contain('DEPLOYMENT_ADMIN → Deploy Reader')
      expect(listed.stdout).to.match(new RegExp(`^${tokens.ciPipeline}\tci-pipeline\t`, 'm'))
      expect(removed.stdout).to.contain('Removed ci-pipeline')
      expect(rolesOf(api, tokens.ciPipeline).filter(({entityId}) => entityId === deployments.reports)).to.deep.equal([])
    })

    it('prints the same for the alias', async () => {
      const words = host.words('deployment', 'token', 'organization-token', 'list')

      const listed = await run('list', ...ON_REPORTS)
      const byAlias = await host.run([...words, ...ON_REPORTS], env)

      expect(byAlias).to.deep.equal(listed)
      expect(byAlias).to.deep.include({exit: 0, stderr: ''})
    })

    it('prints results and errors as one JSON document', async () => {
      const listed = await run('list', ...ON_REPORTS, '--json')
      const failed = await run('list', '--bogus', '--json')

      expect(listed).to.deep.include({exit: 0, stderr: ''})
      expect(json(listed)).to.have.property('deployment_id', deployments.reports)
      expect(failed).to.deep.include({exit: 2, stderr: ''})
      const hint = `See the flags: ${spelled('list')} --help`
      expect(json(failed)).to.deep.equal({error: {kind: 'usage', message: 'Unknown flag: --bogus.', exit: 2, hint}})
    })

    it('exits as documented, whatever exit codes the host has', async () => {
      const last = api.world.tokens.find(({id}) => id === tokens.ciPipeline)
      if (last) last.roles = [roleOnDeployment(deployments.reports, 'Deploy Reader')]

      for (const [exit, argv, stderr, without] of [
        [2, ['list', '--bogus'], `Unknown flag: --bogus.\nSee the flags: ${spelled('list')} --help\n`],
        [2, ['add', ...ON_REPORTS], 'No token specified.'],
        [3, ['remove', '-n', 'ci-pipelin', ...ON_REPORTS], '"ci-pipelin"'],
        [4, ['list', ...ON_REPORTS], 'Not authenticated', {ASTRO_API_TOKEN: undefined}],
        [5, ['remove', tokens.ciPipeline, ...ON_REPORTS], 'at least one role'],
      ] as const) {
        const [command, ...flags] = argv
        const result = await host.run([...host.words(...TOPIC, command), ...flags], {...env, ...without})
        expect(result).to.deep.include({exit, stdout: ''})
        expect(result.stderr)
          .to.match(/^Error: .+\n(?:.+\n)?$/)
          .and.contain(stderr)
      }
    })

    it('keeps results and exit codes if nobody reads stderr', async () => {
      const added = await runUnread('add', tokens.ciPipeline, ...ON_REPORTS)
      expect(added).to.include({exit: 0})
      expect(added.stdout).to.match(/^Added ci-pipeline/)
      expect(await runUnread('remove', '-n', 'no-such-token', ...ON_REPORTS)).to.include({exit: 3, stdout: ''})
    })

    it('exits with 130 after Ctrl-C', async () => {
      api.inject({operationId: 'listApiTokens', times: Infinity, action: {kind: 'hang'}})
      const words = host.words(...TOPIC, 'list')

      const {child, end} = host.start([...words, ...ON_REPORTS], env)
      onFirstRequest(api, () => child.kill('SIGINT'))

      expect(await end).to.deep.equal({exit: 130, stdout: '', stderr: 'Cancelled.\n'})
    })

    it("shows help with the host's bin and separator", async () => {
      const help = await run('add', '--help')

      expect(help).to.deep.include({exit: 0, stderr: ''})
      expect(help.stdout).to.contain(`$ ${spelled('add')} [TOKEN-ID]`)
      expect(help.stdout).to.contain(
        `$ mycli ${host.words('deployment', 'token', 'organization-token', 'add').join(' ')}`,
      )
      expect(help.stdout).not.to.match(/\bastro deployment/)
      expect(help.stdout).to.contain(`mycli ${host.words(...TOPIC).join(' ')} --help\n`)
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
      expect(all.stdout).to.match(/^This is mycli's own help\.\n/)
      expect(all.stdout).to.match(/^ +deployment +Deployments of mycli$/m)
      expect(all.stdout).to.match(/^ +help +Display help of mycli$/m)
    })

    it('is among the commands that the host lists', async () => {
      const listed = await host.run(['commands', '--json'], env)

      expect(listed).to.deep.include({exit: 0, stderr: ''})
      const commands = JSON.parse(listed.stdout) as {readonly id: string; readonly pluginName: string}[]
      expect(commands.filter(({pluginName}) => pluginName === PLUGIN).map(({id}) => id)).to.have.members(
        ['deployment', 'deployment:token'].flatMap((topic) =>
          ['add', 'list', 'remove', 'update'].map((name) => `${topic}:organization-token:${name}`),
        ),
      )
    })
  })
}
