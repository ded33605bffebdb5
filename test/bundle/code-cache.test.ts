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
    env = {...place.env, XDG_CACHE_HOME: newFolder()}
    folder = join(env.XDG_CACHE_HOME ?? '', 'astro-plugin-organization-token', 'code')
  })

  afterEach(place.close)

  /** The numbers of the files. A file that is replaced has another one. */
  const numbersOf = () => fs.readdirSync(folder).map((file) => fs.statSync(join(folder, file)).ino)

  it('is written by two first runs at the same time, read by the next, and written again for a failed run, once', async () => {
    const [one, other] = await Promise.all([runCli(LIST, env), runCli(LIST, env)])
    expect(one).to.deep.include({exit: 0, stderr: ''})
    expect(other).to.deep.equal(one)
    const written = numbersOf()
    expect(written).to.have.length(1)
    expect(await runCli(LIST, env)).to.deep.equal(one)
    expect(numbersOf()).to.deep.equal(written)

    await runCli([...LIST, '--nonsense'], env)
    const rewritten = numbersOf()
    expect(rewritten).to.have.length(1).and.not.to.deep.equal(written)
    await runCli([...LIST, '--gibberish'], env)
    expect(numbersOf()).to.deep.equal(rewritten)
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
