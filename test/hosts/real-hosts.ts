import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {writeHost} from '../support/host.js'
import {type Env} from '../support/run-cli.js'

/** Directories and files of one host on this machine. */
export interface Place {
  /** The directory that the host is installed in. */
  readonly root: string
  /** Its user's home. */
  readonly home: string
  /** The argument of `plugins install`: the plugin's tarball. */
  readonly plugin: string
}

/** A CLI in which the tests install the plugin. */
export interface Host {
  readonly name: string
  readonly bin: string
  /** The directory under its root that has the bin; default: where npm puts it. */
  readonly binFolder?: string
  /** Separates topics, as its package.json says. */
  readonly separator: ' ' | ':'
  /** Major of Node.js, if it cannot be the one that runs the tests. */
  readonly node?: 24
  /** The package that npm installs; absent for a host of our own, whose package.json has its dependencies. */
  readonly npmInstall?: string
  /** Turns off telemetry and updates. */
  readonly env: Env
  /** Writes files that `npm install`, or the host, needs. */
  readonly prepare?: (place: Place) => void
  /** The file that its autocomplete writes for bash: a function that the test calls, or a list that it searches. */
  readonly completion: {readonly file: string; readonly form: 'function' | 'list'}
}

export const HOSTS: readonly Host[] = [
  madeHost({
    name: 'made, core 4',
    separator: ' ',
    core: '4',
    plugins: {autocomplete: '3', commands: '4', plugins: '5'},
  }),
  madeHost({
    name: 'made, core 5',
    separator: ':',
    core: '5',
    node: 24,
    plugins: {autocomplete: '4', commands: '5', plugins: '7'},
  }),
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
    completion: {file: 'cache/heroku/autocomplete/commands', form: 'list'},
  },
  {
    name: '@salesforce/cli 2',
    bin: 'sf',
    separator: ' ',
    node: 24,
    npmInstall: '@salesforce/cli@2',
    env: {SF_AUTOUPDATE_DISABLE: 'true', SF_DISABLE_TELEMETRY: 'true', SF_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({home, plugin}) {
      // It prompts before it installs a plugin that Salesforce did not sign, unless this list has it.
      write(join(home, 'config', 'sf', 'unsignedPluginAllowList.json'), JSON.stringify([plugin]))
    },
    completion: {file: 'cache/sf/autocomplete/functions/bash/sf.bash', form: 'function'},
  },
]

interface MadeHost extends Pick<Host, 'name' | 'node' | 'separator'> {
  /** Major of @oclif/core. */
  readonly core: string
  /** Majors of oclif's plugins. */
  readonly plugins: Readonly<Record<string, string>>
}

/** A host of our own, with its own topic `deployment`, help plugin and exit codes. */
function madeHost({core, plugins, separator, ...host}: MadeHost): Host {
  const versions = Object.entries(plugins).map(([name, major]) => [`@oclif/plugin-${name}`, `^${major}`] as const)
  return {
    ...host,
    bin: 'mycli',
    binFolder: 'bin',
    separator,
    env: {MYCLI_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({root}) {
      writeHost(root, {
        dependencies: {'@oclif/core': `^${core}`, ...Object.fromEntries(versions)},
        oclif: {exitCodes: {default: 9, nonExistentFlag: 9}, topicSeparator: separator},
      })
      symlinkSync('run.js', join(root, 'bin', 'mycli'))
    },
    completion: {file: 'cache/mycli/autocomplete/functions/bash/mycli.bash', form: 'function'},
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, text)
}
