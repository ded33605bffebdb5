import {expect} from 'chai'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {packPlugin, PLUGIN, writeHost} from '../support/host.js'
import {type Env, newFolder} from '../support/run-cli.js'
import {emulatorEnv, mustRun, run, userEnv} from './shell.js'

const TOPIC = ['deployment', 'organization-token']
const ON_REPORTS = ['--deployment-id', ids.deployments.reports]

/** A CLI in which the tests install the plugin. */
interface Host {
  readonly name: string
  readonly bin: string
  readonly separator: ' ' | ':'
  /** Major of Node.js, if it cannot be the one that runs the tests. */
  readonly node?: 24
  /** The package that npm installs; absent for a host of our own, whose package.json has its dependencies. */
  readonly npmInstall?: string
  /** Turns off telemetry and updates. */
  readonly env: Env
  /** Writes files that `npm install` or the host needs. */
  readonly prepare: (place: {readonly root: string; readonly home: string; readonly tarball: string}) => void
}

const HOSTS: readonly Host[] = [
  {
    name: 'a host on @oclif/core 5',
    bin: 'mycli',
    separator: ':',
    node: 24,
    env: {MYCLI_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({root}) {
      writeHost(root, {
        dependencies: {'@oclif/core': '^5', '@oclif/plugin-plugins': '^7'},
        oclif: {exitCodes: {default: 9, nonExistentFlag: 9}, topicSeparator: ':'},
      })
      symlinkSync('run.js', join(root, 'bin', 'mycli'))
    },
  },
  {
    name: 'heroku 11',
    bin: 'heroku',
    separator: ':',
    npmInstall: 'heroku@11',
    env: {DISABLE_TELEMETRY: 'true', HEROKU_SKIP_ANALYTICS: '1', HEROKU_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({home}) {
      // Without this file, it prints once that its terms of service have changed.
      write(join(home, 'cache', 'heroku', 'terms-of-service'), '')
    },
  },
  {
    name: '@salesforce/cli 2',
    bin: 'sf',
    separator: ' ',
    node: 24,
    npmInstall: '@salesforce/cli@2',
    env: {SF_AUTOUPDATE_DISABLE: 'true', SF_DISABLE_TELEMETRY: 'true', SF_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({home, tarball}) {
      // It prompts before it installs a plugin that Salesforce did not sign, unless this list has it.
      write(join(home, 'config', 'sf', 'unsignedPluginAllowList.json'), JSON.stringify([tarball]))
    },
  },
]

function write(file: string, text: string): void {
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, text)
}

for (const host of HOSTS) {
  /** A command as users type it after the bin. */
  const words = (...command: readonly string[]) => (host.separator === ' ' ? command : [command.join(':')])
  /** A command of ours as help and hints spell it. */
  const spelled = (command: string) => `${host.bin} ${words(...TOPIC, command).join(' ')}`

  describe(`in ${host.name}`, () => {
    const root = newFolder('host')
    const home = newFolder('home')
    let api: AstroApi
    let env: Env
    let tarball: string

    before(async () => {
      api = await startAstroApi()
      tarball = `file:${await packPlugin()}`
      const bins = ['bin', 'node_modules/.bin', 'node/node_modules/node/bin'].map((folder) => join(root, folder))
      env = userEnv(home, bins, {...emulatorEnv(api), ...host.env})
      if (host.node) await mustRun(['npm', 'install', '--prefix', join(root, 'node'), `node@${host.node}`], home, env)
      host.prepare({root, home, tarball})
      const packages = host.npmInstall ? ['--prefix', root, host.npmInstall] : []
      await mustRun(['npm', 'install', ...packages], root, env)
    })

    after(async () => {
      await api.close()
      expect(api.violations).to.deep.equal([])
    })

    const ours = async (command: string, ...argv: readonly string[]) =>
      run([host.bin, ...words(...TOPIC, command), ...argv], home, env)
    const own = async (...command: readonly string[]) => mustRun([host.bin, ...command], home, env)

    it('installs, and is listed with its version', async () => {
      await own(...words('plugins', 'install'), tarball)
      expect((await own('plugins')).stdout).to.contain(`${PLUGIN} 0`)
    })

    it('adds and lists, with nothing on stderr, and prints JSON', async () => {
      const added = await ours('add', '-n', 'ci-pipeline', ...ON_REPORTS)
      const listed = await ours('list', ...ON_REPORTS)
      const asJson = await ours('list', ...ON_REPORTS, '--json')

      for (const each of [added, listed, asJson]) expect(each).to.deep.include({exit: 0, stderr: ''})
      expect(added.stdout).to.match(/^Added ci-pipeline .+\n$/)
      expect(listed.stdout).to.contain('\tci-pipeline\t')
      expect(JSON.parse(asJson.stdout)).to.have.property('deployment_id', ids.deployments.reports)
    })

    it("has help with the host's bin and separator, and exits as documented, with one message", async () => {
      const help = await ours('add', '--help')
      expect(help).to.deep.include({exit: 0, stderr: ''})
      expect(help.stdout).to.contain(`$ ${spelled('add')} [TOKEN-ID]`)
      const stderr = `Error: Unknown flag: --bogus.\nSee the flags: ${spelled('list')} --help\n`
      expect(await ours('list', '--bogus')).to.deep.equal({exit: 2, stderr, stdout: ''})
      expect(await ours('remove', '-n', 'ci-pipelin', ...ON_REPORTS)).to.deep.include({exit: 3, stdout: ''})
    })

    it('uninstalls', async () => {
      await own(...words('plugins', 'uninstall'), PLUGIN)
      expect(await ours('list', ...ON_REPORTS)).to.have.property('stdout', '')
    })
  })
}
