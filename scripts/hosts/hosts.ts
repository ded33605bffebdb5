import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {writeHost} from '../../test/support/host.js'
import {type Env} from '../../test/support/run-cli.js'

/** What is looked at in each host, in this order. */
export const CHECKS = [
  'install',
  'inspect',
  'run',
  'alias',
  'help',
  'JSON',
  'exit 2',
  'exit 3',
  'exit 4',
  'commands',
  'completion',
  'uninstall',
  'link',
] as const

export type Check = (typeof CHECKS)[number]

/** Folders and files of one host on this machine. */
export interface Place {
  /** Where the host itself is installed. */
  readonly root: string
  /** The home of its user. */
  readonly home: string
  /** The plugin's tarball as one gives it to `plugins install`. */
  readonly plugin: string
}

/** A CLI that the plugin is tried in. */
export interface Host {
  readonly name: string
  readonly bin: string
  /** The folder under its root that has the bin; default: where npm puts it. */
  readonly binFolder?: string
  /** What its package.json says is between topics. */
  readonly separator: ' ' | ':'
  /** What its own help puts there, if it is something else. */
  readonly shownSeparator?: ':'
  /** Major of Node.js, where it cannot be the one that runs this script. */
  readonly node?: 24
  /** What npm installs to have it; a made host's package.json says so itself. */
  readonly npmInstall?: string
  /** Telemetry and updates off, and whatever else its documentation says for machines. */
  readonly env: Env
  /** Writes what must be there before `npm install`, or before the plugin comes. */
  readonly prepare?: (place: Place) => void
  /** What tells `plugins link` to leave the checkout's packages alone; default: `--no-install`. */
  readonly linkOptions?: readonly string[]
  /** What is answered when it asks whether to install the plugin. */
  readonly answer?: string
  /** What it says itself, on stderr, of its own accord. */
  readonly chatter?: RegExp
  /** The file that its autocomplete makes for bash; another form than the usual one is only searched. */
  readonly completion: {readonly file: string; readonly form: 'function' | 'list'}
  /** Checks that are not expected to pass, and why. */
  readonly exceptions: Readonly<Partial<Record<Check, string>>>
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
      // It says once that its terms of service have changed.
      write(join(home, 'cache', 'heroku', 'terms-of-service'), '')
    },
    // Its autocomplete asks its own API for the names of apps.
    chatter: /api\.heroku\.com|Code: ENOTFOUND/,
    completion: {file: 'cache/heroku/autocomplete/commands', form: 'list'},
    exceptions: {},
  },
  {
    name: '@salesforce/cli 2',
    bin: 'sf',
    separator: ' ',
    node: 24,
    npmInstall: '@salesforce/cli@2',
    env: {SF_AUTOUPDATE_DISABLE: 'true', SF_DISABLE_TELEMETRY: 'true', SF_SKIP_NEW_VERSION_CHECK: 'true'},
    prepare({home, plugin}) {
      // It asks before it installs a plugin that Salesforce did not sign, but for those on this list.
      write(join(home, 'config', 'sf', 'unsignedPluginAllowList.json'), JSON.stringify([plugin]))
    },
    completion: {file: 'cache/sf/autocomplete/functions/bash/sf.bash', form: 'function'},
    exceptions: {},
  },
  {
    name: 'twilio-cli 6',
    bin: 'twilio',
    separator: ' ',
    shownSeparator: ':',
    npmInstall: 'twilio-cli@6',
    env: {},
    // It asks whether to install a plugin that is not Twilio's.
    answer: 'y\n',
    chatter: /^ » /,
    // It installs packages only where there is a yarn.lock.
    linkOptions: [],
    completion: {file: '.twilio-cli/autocomplete/functions/bash/twilio.bash', form: 'function'},
    exceptions: {commands: 'it has no such command'},
  },
]

interface MadeHost extends Pick<Host, 'name' | 'node' | 'separator'> {
  /** Major of @oclif/core. */
  readonly core: string
  /** Majors of oclif's plugins. */
  readonly plugins: Readonly<Record<string, string>>
}

/** A host that is written here, with a topic `deployment` and a help plugin of its own, and exits of its own. */
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
    exceptions: {},
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, text)
}
