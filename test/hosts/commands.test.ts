import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {onFirstRequest, placeDuring} from '../e2e/support.js'
import {type Host, makeHost, packPlugin, PLUGIN, ROOT} from '../support/host.js'
import {type CliRun, finished, newFolder, shellWords} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const {deployments, tokens} = ids
const TOPIC = ['deployment', 'organization-token']
const ALIAS = ['deployment', 'token', 'organization-token']
const ON_REPORTS = ['--deployment-id', deployments.reports]

/** Hosts, the second one with its own exit codes. */
const HOSTS = [
  {topicSeparator: ' '},
  {topicSeparator: ':', exitCodes: {default: 9, failedFlagParsing: 9, nonExistentFlag: 9, requiredArgs: 9}},
] as const

/** Presses Tab after the last of these words in bash, with stand-ins for the package bash-completion. */
const pressTab = (functions: string, words: readonly string[]) => `
_get_comp_words_by_ref() { cur=\${COMP_WORDS[COMP_CWORD]}; }
__ltrim_colon_completions() { :; }
source '${functions}'
COMP_WORDS=(${shellWords(words)}) COMP_CWORD=${words.length - 1}
_mycli_autocomplete
printf '%s\\n' "\${COMPREPLY[@]}" | sort --unique`

for (const options of HOSTS) {
  describe(`in a host with "${options.topicSeparator}" between topics, the plugin`, function () {
    let host: Host
    let installation: CliRun
    const XDG_DATA_HOME = newFolder('data')
    const place = placeDuring(this, undefined, {XDG_DATA_HOME})
    this.timeout(120_000)

    before(async () => {
      host = makeHost(options)
      // The package needs nothing from a registry.
      const npm = {HOME: newFolder('home'), PATH: process.env.PATH, XDG_DATA_HOME, npm_config_offline: 'true'}
      installation = await host.run([...host.words('plugins', 'install'), `file:${await packPlugin()}`], npm)
    })

    const run = async (command: string, ...argv: readonly string[]) =>
      host.run([...host.words(...TOPIC, command), ...argv], place.env)

    /** A command as the host's help and our hints spell it. */
    const spelled = (...words: readonly string[]) => `mycli ${host.words(...words).join(' ')}`

    it('is installed from its tarball without a warning', () => {
      expect(installation.stderr).to.match(/^mycli: Installing plugin \S+\.\.\. installed v[\d.]+\n$/)
      expect(installation.exit).to.equal(0)
    })

    it('runs the four commands, and the alias, without a line on stderr', async () => {
      const added = await run('add', '-n', 'ci-pipeline', ...ON_REPORTS)
      const updated = await run('update', tokens.ciPipeline, '--role', 'Deploy Reader', ...ON_REPORTS)
      const listed = await run('list', ...ON_REPORTS)
      const byAlias = await host.run([...host.words(...ALIAS, 'list'), ...ON_REPORTS], place.env)
      const removed = await run('remove', tokens.ciPipeline, ...ON_REPORTS)

      for (const each of [added, updated, listed, removed]) expect(each).to.deep.include({exit: 0, stderr: ''})
      expect(added.stdout).to.contain('Added ci-pipeline')
      expect(updated.stdout).to.contain('DEPLOYMENT_ADMIN → Deploy Reader')
      expect(listed.stdout).to.match(new RegExp(`^${tokens.ciPipeline}\tci-pipeline\t`, 'm'))
      expect(byAlias).to.deep.equal(listed)
      expect(removed.stdout).to.contain('Removed ci-pipeline')
    })

    it('prints results and errors as one JSON document', async () => {
      expect(json(await run('list', ...ON_REPORTS, '--json'))).to.have.property('deployment_id', deployments.reports)
      const failed = await run('list', '--bogus', '--json')
      expect(failed).to.deep.include({exit: 2, stderr: ''})
      const hint = `See the flags: ${spelled(...TOPIC, 'list')} --help`
      expect(json(failed)).to.deep.equal({error: {kind: 'usage', message: 'Unknown flag: --bogus.', exit: 2, hint}})
    })

    it('exits as documented with one message, whatever exit codes the host has', async () => {
      for (const [exit, command, flags, stderr, more] of [
        [2, 'list', ['--bogus'], `Unknown flag: --bogus.\nSee the flags: ${spelled(...TOPIC, 'list')} --help\n`],
        [3, 'remove', ['-n', 'ci-pipelin', ...ON_REPORTS], '"ci-pipelin"'],
        [4, 'list', ON_REPORTS, 'Not authenticated', {ASTRO_API_TOKEN: undefined}],
      ] as const) {
        const result = await host.run([...host.words(...TOPIC, command), ...flags], {...place.env, ...more})
        expect(result).to.deep.include({exit, stdout: ''})
        expect(result.stderr)
          .to.match(/^Error: .+\n(?:.+\n)?$/)
          .and.contain(stderr)
      }
    })

    it('exits with 130 after Ctrl-C', async () => {
      place.api.inject({operationId: 'listApiTokens', times: Infinity, action: {kind: 'hang'}})
      const {child, end} = host.start([...host.words(...TOPIC, 'list'), ...ON_REPORTS], place.env)
      onFirstRequest(place.api, () => child.kill('SIGINT'))
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
      const topic = await host.run(['help', 'deployment'], place.env)
      const own = await host.run(host.words('deployment', 'inspect'), place.env)
      const all = await host.run(['help'], place.env)

      expect(topic).to.deep.include({exit: 0, stderr: ''})
      expect(topic.stdout).to.match(/^This is mycli's own help\.\nDeployments of mycli\n/)
      expect(topic.stdout).to.match(/deployment[ :]organization-token +Assign Deployment roles/)
      expect(topic.stdout).to.match(/deployment[ :]inspect +Inspect a deployment of mycli/)
      expect(own).to.deep.equal({exit: 0, stderr: '', stdout: 'inspected by mycli\n'})
      expect(all.stdout).to.match(/^ +deployment +Deployments of mycli$/m)
      expect(all.stdout).to.match(/^ +help +Display help of mycli$/m)
    })

    it('is completed by the host', async () => {
      const refreshed = await host.run(['autocomplete', '--refresh-cache'], place.env)
      expect(refreshed).to.include({exit: 0, stdout: ''})
      const functions = join(place.env.XDG_CACHE_HOME ?? '', 'mycli', 'autocomplete', 'functions', 'bash', 'mycli.bash')
      const complete = async (...words: readonly string[]) => {
        const script = pressTab(functions, ['mycli', ...words])
        const {stdout} = await finished(spawn('bash', ['-c', script], {env: place.env}))
        return stdout.trim().split('\n')
      }

      for (const topic of [TOPIC, ALIAS]) {
        const offered = ['add', 'list', 'remove', 'update'].flatMap((name) => host.words(...topic, name).slice(-1))
        expect(await complete(...host.words(...topic, ''))).to.deep.equal(offered)
      }

      const flags = await complete(...host.words(...TOPIC, 'add'), '--')
      expect(flags).to.include.members(['--deployment-id', '--json', '--org-token-name', '--role'])
    })

    it('is uninstalled, and linked from a checkout without a warning', async () => {
      const uninstalled = await host.run([...host.words('plugins', 'uninstall'), PLUGIN], place.env)
      expect(uninstalled.stderr).to.equal(`mycli: Uninstalling ${PLUGIN}... done\n`)
      expect((await run('list', ...ON_REPORTS)).stderr).to.contain('not found')

      const {exit, stderr} = await host.run([...host.words('plugins', 'link'), '--no-install', ROOT], place.env)
      expect({exit, stderr}).to.deep.equal({exit: 0, stderr: `mycli: Linking plugin ${ROOT}... done\n`})
      expect(await run('list', ...ON_REPORTS)).to.deep.include({exit: 0, stderr: ''})
    })
  })
}
