import {expect} from 'chai'
import {execFile, spawn} from 'node:child_process'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {promisify} from 'node:util'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {packPlugin, writeHost} from '../support/host.js'
import {type CliRun, type Env, envFor, finished, homeFor, newFolder} from '../support/run-cli.js'

const TOPIC = ['deployment', 'organization-token']
const ON_REPORTS = ['--deployment-id', ids.deployments.reports]

interface Host {
  readonly name: string
  readonly bin: string
  /** A command as users type it after the bin. */
  readonly words: (...command: readonly string[]) => readonly string[]
  /** Major of Node.js, if it cannot be the one that runs the tests. */
  readonly node?: 24
  /** The package that npm installs; none for a host of our own, whose package.json has its dependencies. */
  readonly npmInstall: readonly string[]
  /** Turns off telemetry and updates. */
  readonly env: Env
  /** Writes files that `npm install` or the host needs. */
  readonly prepare: (place: {readonly root: string; readonly home: string; readonly tarball: string}) => void
}

const withColons = (...command: readonly string[]) => [command.join(':')]

const HOSTS: readonly Host[] = [
  {
    name: 'a host on @oclif/core 5',
    bin: 'mycli',
    words: withColons,
    node: 24,
    npmInstall: [],
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
    words: withColons,
    npmInstall: ['heroku@11'],
    env: {DISABLE_TELEMETRY: 'true', HEROKU_SKIP_ANALYTICS: '1', HEROKU_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({home}) {
      // Without this file, it prints once that its terms of service have changed.
      mkdirSync(join(home, 'cache', 'heroku'), {recursive: true})
      writeFileSync(join(home, 'cache', 'heroku', 'terms-of-service'), '')
    },
  },
  {
    name: '@salesforce/cli 2',
    bin: 'sf',
    words: (...command) => command,
    node: 24,
    npmInstall: ['@salesforce/cli@2'],
    env: {SF_AUTOUPDATE_DISABLE: 'true', SF_DISABLE_TELEMETRY: 'true', SF_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({home, tarball}) {
      // It prompts before it installs a plugin that Salesforce did not sign, unless this list has it.
      mkdirSync(join(home, 'config', 'sf'), {recursive: true})
      writeFileSync(join(home, 'config', 'sf', 'unsignedPluginAllowList.json'), JSON.stringify([tarball]))
    },
  },
]

/** Variables that npm needs to reach its registry. */
const WAY_OUT = /^(?:(?:https?|no)_proxy|node_extra_ca_certs|ssl_cert_(?:dir|file)|npm_config_(?:cafile|registry))$/i

/** The environment of a user of the emulator with all directories under this home, and `folders` first on the path. */
function userEnv(api: AstroApi, home: string, folders: readonly string[] = [], more: Env = {}): Env {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => WAY_OUT.test(name))),
    ...envFor(api),
    ASTRO_HOME: homeFor(api),
    HOME: home,
    PATH: [...folders, process.env.PATH].join(delimiter),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    npm_config_audit: 'false',
    npm_config_cache: join(home, 'npm'),
    npm_config_update_notifier: 'false',
    ...more,
  }
}

/** Runs a step that everything else needs. */
const mustRun = promisify(execFile)

async function run([program = '', ...args]: readonly string[], cwd: string, env: Env): Promise<CliRun> {
  return finished(spawn(program, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']}))
}

for (const {bin, env: hostEnv, name, node, npmInstall, prepare, words} of HOSTS) {
  /** A command of ours as help and hints spell it. */
  const spelled = (command: string) => `${bin} ${words(...TOPIC, command).join(' ')}`

  describe(`in ${name}, the plugin`, () => {
    const root = newFolder('host')
    const home = newFolder('home')
    let api: AstroApi
    let env: Env

    before(async () => {
      api = await startAstroApi()
      const tarball = `file:${await packPlugin()}`
      const bins = ['bin', 'node_modules/.bin', 'node/node_modules/node/bin'].map((folder) => join(root, folder))
      env = userEnv(api, home, bins, hostEnv)
      if (node) await mustRun('npm', ['install', '--prefix', join(root, 'node'), `node@${node}`], {env})
      prepare({root, home, tarball})
      await mustRun('npm', ['install', '--prefix', root, ...npmInstall], {cwd: root, env})
      await mustRun(bin, [...words('plugins', 'install'), tarball], {cwd: home, env})
    })

    after(async () => {
      await api.close()
      expect(api.violations).to.deep.equal([])
    })

    const ours = async (command: string, ...argv: readonly string[]) =>
      run([bin, ...words(...TOPIC, command), ...argv], home, env)

    it('adds, and lists as JSON, with nothing on stderr', async () => {
      const added = await ours('add', '-n', 'ci-pipeline', ...ON_REPORTS)
      const listed = await ours('list', ...ON_REPORTS, '--json')

      for (const each of [added, listed]) expect(each).to.deep.include({exit: 0, stderr: ''})
      expect(added.stdout).to.match(/^Added ci-pipeline .+\n$/)
      expect(JSON.parse(listed.stdout)).to.have.property('deployment_id', ids.deployments.reports)
    })

    it("has help with the host's bin and separator, and exits as documented, with one message", async () => {
      const help = await ours('add', '--help')
      expect(help).to.deep.include({exit: 0, stderr: ''})
      expect(help.stdout).to.contain(`$ ${spelled('add')} [TOKEN-ID]`)
      const stderr = `Error: Unknown flag: --bogus.\nSee the flags: ${spelled('list')} --help\n`
      expect(await ours('list', '--bogus')).to.deep.equal({exit: 2, stderr, stdout: ''})
      expect(await ours('remove', '-n', 'ci-pipelin', ...ON_REPORTS)).to.deep.include({exit: 3, stdout: ''})
    })
  })
}

describe('the packed program', () => {
  it('runs by npx --package, from an empty cache', async () => {
    const api = await startAstroApi()
    const home = newFolder('home')
    const program = ['npx', '--yes', `--package=${await packPlugin()}`, 'astro']
    const result = await run([...program, ...TOPIC, 'list', ...ON_REPORTS, '--json'], home, userEnv(api, home))
    await api.close()
    expect(result).to.deep.include({exit: 0, stderr: ''})
    expect(JSON.parse(result.stdout)).to.have.property('deployment_id', ids.deployments.reports)
  })
})
