import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join, sep} from 'node:path'
import {fileURLToPath} from 'node:url'

import {median, timed} from './run.js'

export interface Installed {
  readonly packages: number
  /** All their files together. */
  readonly megabytes: number
  /** Milliseconds, the median of all rounds, from the call of npx to the end of the program. */
  readonly ms: number
  /** The same for a package that does nothing: npx itself. */
  readonly npxMs: number
}

const MODULES = `${sep}node_modules${sep}`
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Lock {
  readonly packages: Readonly<Record<string, unknown>>
}

/** Packs this package, and runs it with npx in an empty home and from an empty cache, under the given Node. */
export async function measureInstall(node: string, rounds: number): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'astro-install-'))
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  execFileSync('npm', pack, {cwd: ROOT, stdio: 'ignore'})
  const [tarball = ''] = readdirSync(folder)
  const times: number[] = []
  const npxTimes: number[] = []
  let installed = ''
  for (let round = 0; round < rounds; round++) {
    const home = mkdtempSync(join(folder, 'home-'))
    const env = {HOME: home, PATH: `${dirname(node)}:${process.env.PATH ?? ''}`, npm_config_cache: join(home, 'cache')}
    const npx = ['npx', '--yes', `--package=${join(folder, tarball)}`, 'astro', '--version']
    const {exit, ms} = await timed(npx, env)
    if (exit !== 0) throw new Error(`npx ended with ${exit}`)
    times.push(ms)
    npxTimes.push((await timed(['npx', '--version'], env)).ms)
    installed = join(home, 'cache', '_npx')
  }

  return {...sizeOf(installed), ms: median(times), npxMs: median(npxTimes)}
}

/** Of what npx has installed: how many packages, and how much they are. */
function sizeOf(installed: string): Pick<Installed, 'megabytes' | 'packages'> {
  const files = readdirSync(installed, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
  const paths = files.map(({name, parentPath}) => join(parentPath, name)).filter((path) => path.includes(MODULES))
  const lock = files.find(({name}) => name === 'package-lock.json')
  const {packages} = JSON.parse(readFileSync(join(lock?.parentPath ?? '', 'package-lock.json'), 'utf8')) as Lock
  const bytes = paths.map((path) => statSync(path).size)
  return {
    megabytes: bytes.reduce((sum, size) => sum + size, 0) / 1_000_000,
    packages: Object.keys(packages).filter((path) => path !== '').length,
  }
}
