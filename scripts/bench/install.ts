import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {packPlugin} from '../../test/support/host.js'
import {type Installed, measureInstalled} from '../installed.js'
import {median, runTimed} from './run.js'

export interface Installation extends Installed {
  /** Milliseconds from the start of npx to the end of the program; the median of all rounds. */
  readonly ms: number
  /** Milliseconds of npx itself. */
  readonly npxMs: number
}

/** Packs this package and runs it with npx in the given Node, with an empty home and an empty cache. */
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
    const {exit, ms} = await runTimed(npx, env)
    if (exit !== 0) throw new Error(`npx exited with code ${exit}`)
    times.push(ms)
    npxTimes.push((await runTimed(['npx', '--version'], env)).ms)
    installed = join(home, 'cache', '_npx')
  }

  return {...measureInstalled(installed), ms: median(times), npxMs: median(npxTimes)}
}
