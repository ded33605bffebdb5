import {join} from 'node:path'

import {ids} from '../../test/astro-api/world.js'
import {type Env} from '../../test/support/run-cli.js'
import {measureInstalled} from '../installed.js'
import {run, timed, userEnv} from './shell.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd, '--json']

interface Way {
  readonly name: string
  /** Run before the program, where that is not what installs it. */
  readonly install?: readonly string[]
  readonly program: readonly string[]
  /** The folder, under the home, whose node_modules is what was installed. */
  readonly installed: string
}

/**
 * Runs the program without a host: by npx in its two forms, and installed globally; each from an empty cache, then again.
 *
 * @returns a table with packages, megabytes on disk and seconds, and what is not as it should be
 */
export async function standalone(
  tarball: string,
  folder: string,
  astroEnv: Env,
): Promise<{failures: string[]; rows: string[][]}> {
  const ways: readonly Way[] = [
    {name: 'npx --package=FILE', program: ['npx', '--yes', `--package=${tarball}`, 'astro'], installed: 'npm/_npx'},
    {name: 'npx file:FILE', program: ['npx', '--yes', `file:${tarball}`], installed: 'npm/_npx'},
    {
      name: 'npm install --global',
      install: ['npm', 'install', '--global', tarball],
      program: ['astro'],
      installed: 'global/lib',
    },
  ]
  const failures: string[] = []
  const rows = [['WAY', 'works', 'packages', 'MB', 'first, s', 'again, s']]
  for (const [index, {install, installed, name, program}] of ways.entries()) {
    const home = join(folder, `home-${index}`)
    const global = join(home, 'global')
    const env = userEnv(home, [join(global, 'bin')], {...astroEnv, npm_config_prefix: global})
    const use = async (): Promise<string | undefined> => {
      const {exit, stderr, stdout} = await run([...program, ...LIST], {cwd: home, env})
      if (exit === 0 && stderr === '' && stdout.startsWith('{\n')) return undefined
      return `${name} ended with ${exit ?? 'a signal'}: ${stdout}${stderr}`
    }

    const first = await timed(
      (async () => {
        const result = install ? await run(install, {cwd: home, env}) : undefined
        return result && result.exit !== 0 ? result.stderr : use()
      })(),
    )
    const again = await timed(use())
    const reasons = [first.result, again.result].filter((reason) => reason !== undefined)
    failures.push(...reasons)
    const {megabytes, packages} = measureInstalled(join(home, installed))
    const size = megabytes.toFixed(1)
    rows.push([name, reasons.length > 0 ? 'no' : 'yes', String(packages), size, first.seconds, again.seconds])
  }

  return {failures, rows}
}
