import {expect} from 'chai'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {envFor, runCli} from '../support/run-cli.js'

/** What Node's own functions do for a user ID that the system has no name for, as containers are often run with. */
const UNKNOWN_USER = `
  import {syncBuiltinESMExports} from 'node:module'
  import os from 'node:os'
  const unknown = () => {
    throw new Error('no such user')
  }
  os.homedir = () => process.env.HOME ?? unknown()
  os.userInfo = unknown
  syncBuiltinESMExports()`

describe('a user that the system does not know, without HOME and SHELL', function () {
  this.timeout(60_000)
  let api: AstroApi

  before(async () => {
    api = await startAstroApi()
  })

  after(async () => {
    await api.close()
  })

  const run = async (...argv: readonly string[]) => {
    const {HOME, ...env} = envFor(api)
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(UNKNOWN_USER)}`
    return runCli(argv, {...env, ASTRO_HOME: HOME, NODE_OPTIONS})
  }

  it('can list', async () => {
    const {exit, stderr, stdout} = await run(
      'deployment',
      'organization-token',
      'list',
      '--deployment-id',
      ids.deployments.reports,
    )

    expect({exit, stderr}).to.deep.equal({exit: 0, stderr: ''})
    expect(stdout).to.contain('deploy-bot')
  })

  it('is told what is missing', async () => {
    expect(await run('deployment', 'organization-token', 'list')).to.deep.equal({
      exit: 2,
      stdout: '',
      stderr:
        'Error: No Deployment specified.\n' +
        'Specify it with --deployment-id, set ASTRO_DEPLOYMENT_ID, or save it in the project with the Astro CLI: astro deploy --save\n',
    })
  })
})
