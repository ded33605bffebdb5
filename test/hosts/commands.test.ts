import {expect} from 'chai'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {onFirstRequest, ownEnvFor, roleOn, rolesOf} from '../e2e/support.js'
import {type Host, makeHostWithPlugin, PLUGIN} from '../support/host.js'
import {type Env} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const {deployments, tokens} = ids
const ON_REPORTS = ['--deployment-id', deployments.reports]

const HOSTS = [
  {title: 'that parts topics with a space', options: {topicSeparator: ' '}},
  {
    title: 'that parts topics with a colon and has exits of its own',
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
  describe(`in a host ${title}`, function () {
    this.timeout(60_000)
    let host: Host
    let api: AstroApi
    let env: Env

    before(async () => {
      host = await makeHostWithPlugin(options)
    })

    beforeEach(async () => {
      api = await startAstroApi()
      env = ownEnvFor(api)
    })

    afterEach(async () => {
      const {violations} = api
      await api.close()
      expect(violations).to.deep.equal([])
    })

    const run = async (command: string, ...argv: readonly string[]) =>
      host.run([...host.words('deployment', 'organization-token', command), ...argv], env)

    /** The command as the host's help and our hints are to spell it. */
    const spelled = (command: string) => `mycli ${host.words('deployment', 'organization-token', command).join(' ')}`

    it('runs the four commands, without a line on stderr', async () => {
      const added = await run('add', '-n', 'ci-pipeline', ...ON_REPORTS)
      const updated = await run('update', tokens.ciPipeline, '--role', 'Deploy Reader', ...ON_REPORTS)
      const listed = await run('list', ...ON_REPORTS)
      expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOn(deployments.reports, 'Deploy Reader'))
      const removed = await run('remove', tokens.ciPipeline, ...ON_REPORTS)

      for (const each of [added, updated, listed, removed]) expect(each).to.deep.include({exit: 0, stderr: ''})
      expect(added.stdout).to.contain('Added ci-pipeline')
      expect(updated.stdout).to.contain('DEPLOYMENT_ADMIN → Deploy Reader')
      expect(listed.stdout).to.match(new RegExp(`^${tokens.ciPipeline}\tci-pipeline\t`, 'm'))
      expect(removed.stdout).to.contain('Removed ci-pipeline')
      expect(rolesOf(api, tokens.ciPipeline).filter(({entityId}) => entityId === deployments.reports)).to.deep.equal([])
    })

    it('answers to the alias with the same', async () => {
      const words = host.words('deployment', 'token', 'organization-token', 'list')

      const listed = await run('list', ...ON_REPORTS)
      const byAlias = await host.run([...words, ...ON_REPORTS], env)

      expect(byAlias).to.deep.equal(listed)
      expect(byAlias).to.deep.include({exit: 0, stderr: ''})
    })

    it('prints its result and its failures as one JSON document, and the hint as one types it there', async () => {
      const listed = await run('list', ...ON_REPORTS, '--json')
      const failed = await run('list', '--bogus', '--json')

      expect(listed).to.deep.include({exit: 0, stderr: ''})
      expect(json(listed)).to.have.property('deployment_id', deployments.reports)
      expect(failed).to.deep.include({exit: 2, stderr: ''})
      expect(json(failed)).to.deep.equal({
        error: {
          kind: 'usage',
          message: 'Nonexistent flag: --bogus',
          exit: 2,
          hint: `See the flags: ${spelled('list')} --help`,
        },
      })
    })

    it('exits with 2 for a flag that does not exist, whatever the host says of exits', async () => {
      const {exit, stderr} = await run('list', '--bogus')

      expect({exit, stderr}).to.deep.equal({
        exit: 2,
        stderr: `Error: Nonexistent flag: --bogus\nSee the flags: ${spelled('list')} --help\n`,
      })
    })

    it('exits with 2 for a usage that the parser lets pass', async () => {
      const {exit, stderr} = await run('add', ...ON_REPORTS)

      expect(exit).to.equal(2)
      expect(stderr).to.match(/^Error: No token specified\.\n.+\n$/)
    })

    it('exits with 3 for a token that is not there', async () => {
      const {exit, stderr} = await run('remove', '-n', 'ci-pipelin', ...ON_REPORTS)

      expect(exit).to.equal(3)
      expect(stderr).to.match(/^Error: .*"ci-pipelin".*\n.+\n$/)
    })

    it('exits with 4 without a credential', async () => {
      env = {...env, ASTRO_API_TOKEN: undefined}

      const {exit, stderr} = await run('list', ...ON_REPORTS)

      expect(exit).to.equal(4)
      expect(stderr).to.match(/^Error: .+\n.+\n$/)
    })

    it('exits with 5 for a conflict', async () => {
      const token = api.world.tokens.find(({id}) => id === tokens.ciPipeline)
      if (token) token.roles = [roleOn(deployments.reports, 'Deploy Reader')]

      const {exit, stderr} = await run('remove', tokens.ciPipeline, ...ON_REPORTS)

      expect(exit).to.equal(5)
      expect(stderr).to.match(/^Error: .+\n(?:.+\n)?$/)
    })

    it('exits with 130 after Ctrl-C', async () => {
      api.inject({operationId: 'listApiTokens', times: Infinity, action: {kind: 'hang'}})
      const words = host.words('deployment', 'organization-token', 'list')

      const {child, end} = host.start([...words, ...ON_REPORTS], env)
      onFirstRequest(api, () => child.kill('SIGINT'))

      expect(await end).to.deep.equal({
        exit: 130,
        stdout: '',
        stderr: 'Cancelled.\n',
      })
    })

    it("shows help with the host's bin and separator", async () => {
      const help = await run('add', '--help')

      expect(help).to.deep.include({exit: 0, stderr: ''})
      expect(help.stdout).to.contain(`$ ${spelled('add')} [TOKEN-ID]`)
      expect(help.stdout).to.contain(
        `$ mycli ${host.words('deployment', 'token', 'organization-token', 'add').join(' ')}`,
      )
      expect(help.stdout).not.to.match(/\bastro deployment/)
    })

    it('leaves the host its topic, its command there and its help plugin', async () => {
      const topic = await host.run(['help', 'deployment'], env)
      const own = await host.run(host.words('deployment', 'inspect'), env)
      const all = await host.run(['help'], env)

      expect(topic).to.deep.include({exit: 0, stderr: ''})
      expect(topic.stdout).to.match(/^This is mycli's own help\.\nDeployments of mycli\n/)
      expect(topic.stdout).to.match(/deployment[ :]organization-token +Scope Organization API tokens to Deployments/)
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
