import {expect} from 'chai'
import fs from 'node:fs'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {command, createPlace} from '../e2e/support.js'
import {newFolder, runCli, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'

const LIST = command('list', '--deployment-id', ids.deployments.etlProd)

describe('the cache of compiled code', function () {
  this.timeout(60_000)
  const place = createPlace()
  let env: typeof place.env
  let folder: string

  beforeEach(async () => {
    await place.open()
    const XDG_CACHE_HOME = newFolder()
    env = {...place.env, XDG_CACHE_HOME}
    folder = join(XDG_CACHE_HOME, 'astro-plugin-organization-token', 'code')
  })

  afterEach(place.close)

  it('is written by two first runs at the same time, read by the next, and written again for other code of the command', async () => {
    const [one, other] = await Promise.all([runCli(LIST, env), runCli(LIST, env)])
    expect(one).to.deep.include({exit: 0, stderr: ''})
    expect(other).to.deep.equal(one)
    const numbers: number[] = []
    for (const argv of [LIST, LIST, [...LIST, '--help'], [...LIST, '--nonsense'], LIST]) {
      await runCli(argv, env)
      const name = fs.readdirSync(folder).find((file) => file.includes('-list-')) ?? ''
      numbers.push(fs.statSync(join(folder, name)).ino)
    }

    // A file that is replaced has another number.
    const isWritten = numbers.map((number, at) => number !== numbers[at - 1])
    expect(isWritten).to.deep.equal([true, false, false, true, false])
    expect(fs.readdirSync(folder)).to.have.length(2)
  })

  it('is off with NODE_DISABLE_COMPILE_CACHE, with DEBUG, and for a run that is interrupted', async () => {
    const offs = [{NODE_DISABLE_COMPILE_CACHE: '1'}, {DEBUG: 'x'}]
    const runs = await Promise.all(offs.map(async (off) => runCli(LIST, {...env, ...off})))
    place.api.inject({action: {kind: 'hang'}, times: Infinity})
    const {child, end} = startCli(LIST, env)
    await until(() => place.api.requests.length === 3)
    child.kill('SIGINT')
    expect([...runs, await end].map(({exit}) => exit)).to.deep.equal([0, 0, 130])
    expect(fs.existsSync(folder)).to.equal(false)
  })
})
