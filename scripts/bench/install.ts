import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {median, timed} from './run.js'

export interface Installed {
  readonly packages: number
  /** As it lies on the disk, all packages together. */
  readonly megabytes: number
  /** Milliseconds, the median of all rounds, from the call of npx to the end of the program. */
  readonly ms: number
  /** The same for a package that does nothing: npx itself. */
  readonly npxMs: number
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Lock {
  readonly packages: Readonly<Record<string, unknown>>
}

/** Packs this package, and runs it with npx in an empty directory and from an empty cache, under the given Node. */
export async function measureInstall(node: string, rounds: number): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'astro-install-'))
  const [packed] = Object.values(
    JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
        cwd: ROOT,
        encoding: 'utf8',
      }),
    ) as Record<string, {readonly filename: string; readonly unpackedSize: number}>,
  )
  if (!packed) throw new Error('npm packs nothing')
  const times: number[] = []
  const npxTimes: number[] = []
  let installed = ''
  for (let round = 0; round < rounds; round++) {
    const empty = mkdtempSync(join(folder, 'run-'))
    const env = {
      HOME: empty,
      PATH: `${dirname(node)}:${process.env.PATH ?? ''}`,
      npm_config_cache: join(empty, 'cache'),
    }
    const npx = ['npx', '--yes', `--package=${join(folder, packed.filename)}`, 'astro', '--version']
    const {exit, ms} = await timed(npx, env)
    if (exit !== 0) throw new Error(`npx ended with ${exit}`)
    times.push(ms)
    installed = join(empty, 'cache', '_npx')
    npxTimes.push((await timed(['npx', '--version'], env)).ms)
  }

  const [hash = ''] = readdirSync(installed)
  const lock = JSON.parse(readFileSync(join(installed, hash, 'package-lock.json'), 'utf8')) as Lock
  const packages = Object.keys(lock.packages).filter((path) => path !== '').length
  return {packages, megabytes: packed.unpackedSize / 1_000_000, ms: median(times), npxMs: median(npxTimes)}
}
