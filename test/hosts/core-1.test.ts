import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {ROOT} from '../support/host.js'
import {type Env, envFor, finished} from '../support/run-cli.js'

/** Runs `list` as @oclif/core 1 does: with its own config. Prints any error that the command throws. */
const RUN = `
import {readFileSync} from 'node:fs'
import {pathToFileURL} from 'node:url'
const [root, commands, ...argv] = process.argv.slice(2)
const pjson = JSON.parse(readFileSync(root + '/package.json', 'utf8'))
const plugin = {_base: '@oclif/core@1.26.2', name: pjson.name, root, pjson, commands: [], hooks: {}, topics: [], type: 'core'}
const config = {_base: '@oclif/core@1.26.2', bin: 'oldcli', options: {root}, plugins: [plugin], root}
const {default: List} = await import(pathToFileURL(commands + '/deployment/organization-token/list.js'))
List.id = 'deployment:organization-token:list'
await List.run(argv, config).catch((error) => {
  console.error('printed by the host: ' + error.message)
  process.exit(1)
})
`

describe('in a host on @oclif/core 1', function () {
  this.timeout(60_000)
  let root: string
  let api: AstroApi
  let env: Env

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'astro-host-'))
    const oclif = {bin: 'oldcli', dirname: 'oldcli', topicSeparator: ' '}
    mkdirSync(join(root, 'bin'))
    writeFileSync(join(root, 'package.json'), JSON.stringify({name: 'oldcli', version: '1.0.0', oclif}))
    writeFileSync(join(root, 'bin', 'run.mjs'), RUN)
    api = await startAstroApi()
    env = envFor(api)
  })

  after(async () => {
    await api.close()
  })

  const list = async (...argv: readonly string[]) => {
    const args = [join(root, 'bin', 'run.mjs'), root, join(ROOT, 'dist', 'commands'), ...argv]
    return finished(spawn(process.execPath, args, {env, stdio: ['ignore', 'pipe', 'pipe']}))
  }

  it('runs', async () => {
    const {exit, stderr, stdout} = await list('--deployment-id', ids.deployments.etlProd)

    expect({exit, stderr}).to.deep.equal({exit: 0, stderr: ''})
    expect(stdout).to.match(/^ID\tNAME\t/)
  })

  it('prints one error, with our exit code and the command as users type it there', async () => {
    expect(await list('--bogus')).to.deep.equal({
      exit: 2,
      stderr: 'Error: Nonexistent flag: --bogus\nSee the flags: oldcli deployment organization-token list --help\n',
      stdout: '',
    })
  })

  it('prints errors as JSON with the same exit code', async () => {
    const {exit, stderr, stdout} = await list('--bogus', '--json')

    expect({exit, stderr}).to.deep.equal({exit: 2, stderr: ''})
    expect(JSON.parse(stdout)).to.have.nested.property('error.kind', 'usage')
  })
})
