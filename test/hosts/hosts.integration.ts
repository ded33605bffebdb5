import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {packPlugin, PLUGIN, writeHost} from '../support/host.js'
import {type CliRun, type Env, envFor, finished, newFolder} from '../support/run-cli.js'

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
      mkdirSync(join(home, 'cache', 'heroku'), {recursive: true})
      writeFileSync(join(home, 'cache', 'heroku', 'terms-of-service'), '')
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
      mkdirSync(join(home, 'config', 'sf'), {recursive: true})
      writeFileSync(join(home, 'config', 'sf', 'unsignedPluginAllowList.json'), JSON.stringify([tarball]))
    },
  },
]

/** Variables that npm needs to reach its registry. */
const WAY_OUT = /^(?:(?:https?|no)_proxy|node_extra_ca_certs|ssl_cert_(?:dir|file)|npm_config_(?:cafile|registry))$/i

/** The environment of a user of the emulator with all directories under this home, and `folders` first on the path. */
function userEnv(api: AstroApi, home: string, folders: readonly string[], more: Env): Env {
  const {ASTRO_API_TOKEN, ASTRO_DOMAIN, HOME, TMPDIR} = envFor(api)
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => WAY_OUT.test(name))),
    ASTRO_API_TOKEN,
    ASTRO_DOMAIN,
    ASTRO_HOME: HOME,
    HOME: home,
    PATH: [...folders, process.env.PATH].join(delimiter),
    TMPDIR,
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

async function run([program = '', ...args]: readonly string[], cwd: string, env: Env): Promise<CliRun> {
  return finished(spawn(program, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']}))
}

/** Runs a step that everything else needs. */
async function mustRun(command: readonly string[], cwd: string, env: Env): Promise<CliRun> {
  const result = await run(command, cwd, env)
  expect(result.exit, `${command.join(' ')}:\n${result.stdout}${result.stderr}`).to.equal(0)
  return result
}

for (const host of HOSTS) {
  /** A command as users type it after the bin. */
  const words = (...command: readonly string[]) => (host.separator === ' ' ? command : [command.join(':')])
  /** A command of ours as help and hints spell it. */
  const spelled = (command: string) => `${host.bin} ${words(...TOPIC, command).join(' ')}`

  describe(`in ${host.name}, the plugin`, () => {
    const root = newFolder('host')
    const home = newFolder('home')
    let api: AstroApi
    let env: Env
    let tarball: string

    before(async () => {
      api = await startAstroApi()
      tarball = `file:${await packPlugin()}`
      const bins = ['bin', 'node_modules/.bin', 'node/node_modules/node/bin'].map((folder) => join(root, folder))
      env = userEnv(api, home, bins, host.env)
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

    it('is installed, and listed with its version', async () => {
      await own(...words('plugins', 'install'), tarball)
      expect((await own('plugins')).stdout).to.contain(`${PLUGIN} 0`)
    })

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
  it('runs by npx --package, from an empty cache and again', async () => {
    const api = await startAstroApi()
    const home = newFolder('standalone')
    const program = ['npx', '--yes', `--package=${await packPlugin()}`, 'astro']

    for (const order of ['first', 'second']) {
      const result = await run(
        [...program, ...TOPIC, 'list', ...ON_REPORTS, '--json'],
        home,
        userEnv(api, home, [], {}),
      )
      expect(result, `the ${order} run`).to.deep.include({exit: 0, stderr: ''})
      expect(JSON.parse(result.stdout)).to.have.property('deployment_id', ids.deployments.reports)
    }

    await api.close()
  })
})
