import {expect} from 'chai'
import {join} from 'node:path'

import {startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {packPlugin} from '../support/host.js'
import {newFolder} from '../support/run-cli.js'
import {emulatorEnv, mustRun, run, userEnv} from './shell.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd, '--json']

/** How users run the program, given its tarball. */
const WAYS: Readonly<Record<string, (tarball: string) => {install?: string[]; program: string[]}>> = {
  'npx --package': (tarball) => ({program: ['npx', '--yes', `--package=${tarball}`, 'astro']}),
  'npx with a file': (tarball) => ({program: ['npx', '--yes', `file:${tarball}`]}),
  'a global install': (tarball) => ({install: ['npm', 'install', '--global', tarball], program: ['astro']}),
}

describe('the packed program', () => {
  for (const [name, way] of Object.entries(WAYS)) {
    it(`runs by ${name}, from an empty cache and again`, async () => {
      const api = await startAstroApi()
      const home = newFolder('standalone')
      const global = join(home, 'global')
      const env = userEnv(home, [join(global, 'bin')], {...emulatorEnv(api), npm_config_prefix: global})
      const {install, program} = way(await packPlugin())
      if (install) await mustRun(install, home, env)

      for (const order of ['first', 'second']) {
        const {exit, stderr, stdout} = await run([...program, ...LIST], home, env)
        expect({exit, stderr}, `the ${order} run`).to.deep.equal({exit: 0, stderr: ''})
        expect(JSON.parse(stdout)).to.have.property('tokens').with.length(3)
      }

      await api.close()
    })
  }
})
