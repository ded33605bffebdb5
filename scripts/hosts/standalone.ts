import {lstatSync, readdirSync} from 'node:fs'
import {join} from 'node:path'

import {ids} from '../../test/astro-api/world.js'
import {type Env} from '../../test/support/run-cli.js'
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
    const {bytes, packages} = measure(join(home, installed))
    const megabytes = (bytes / 1e6).toFixed(1)
    rows.push([name, reasons.length > 0 ? 'no' : 'yes', String(packages), megabytes, first.seconds, again.seconds])
  }

  return {failures, rows}
}

/** How many packages are under a folder, and how many bytes their files have. */
function measure(folder: string): {bytes: number; packages: number} {
  let bytes = 0
  let packages = 0
  for (const path of readdirSync(folder, {encoding: 'utf8', recursive: true})) {
    const file = lstatSync(join(folder, path))
    if (file.isFile()) bytes += file.size
    if (/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path)) packages += 1
  }

  return {bytes, packages}
}
