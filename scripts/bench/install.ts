import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {packPlugin} from '../../test/support/host.js'
import {type Installed, measureInstalled} from '../installed.js'
import {median, timed} from './run.js'

export interface Installation extends Installed {
  /** Milliseconds, the median of all rounds, from the call of npx to the end of the program. */
  readonly ms: number
  /** The same for a package that does nothing: npx itself. */
  readonly npxMs: number
}

/** Packs this package, and runs it with npx in an empty home and from an empty cache, under the given Node. */
export async function measureInstall(node: string, rounds: number): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'astro-install-'))
  const tarball = await packPlugin(folder)
  const times: number[] = []
  const npxTimes: number[] = []
  let installed = ''
  for (let round = 0; round < rounds; round++) {
    const home = mkdtempSync(join(folder, 'home-'))
    const env = {HOME: home, PATH: `${dirname(node)}:${process.env.PATH ?? ''}`, npm_config_cache: join(home, 'cache')}
    const npx = ['npx', '--yes', `--package=${tarball}`, 'astro', '--version']
    const {exit, ms} = await timed(npx, env)
    if (exit !== 0) throw new Error(`npx ended with ${exit}`)
    times.push(ms)
    npxTimes.push((await timed(['npx', '--version'], env)).ms)
    installed = join(home, 'cache', '_npx')
  }

  return {...measureInstalled(installed), ms: median(times), npxMs: median(npxTimes)}
}
