import {expect} from 'chai'

import {ids} from '../../../astro-api/world.js'
import {createEmulated} from '../../emulated.js'

const {deployments, tokens} = ids
const onEtl = ['--deployment-id', deployments.etlProd]

const on = createEmulated()

describe('errors from what the API has', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  const errorOf = async (argv: readonly string[], command: 'add' | 'list' | 'update' = 'add') => {
    const [exit, document] = await on.runJson(command, argv)
    expect(document).to.have.nested.property('error.exit', exit)
    return (document as {error: unknown}).error
  }

  it('names the tokens with the closest names', async () => {
    expect(await errorOf(['-n', 'data-qality', ...onEtl])).to.deep.equal({
      kind: 'not_found',
      message: 'No Organization token is named "data-qality".',
      exit: 3,
      hint: `Did you mean "data-quality" (${tokens.dataQuality})?`,
      candidates: [{id: tokens.dataQuality, name: 'data-quality'}],
    })
  })

  it('lists the IDs of two tokens with one name', async () => {
    const twins = [tokens.nightly, tokens.nightlyTwin]
    expect(await errorOf(['-n', 'nightly', ...onEtl])).to.deep.equal({
      kind: 'ambiguous',
      message: '2 Organization tokens are named "nightly".',
      exit: 2,
      hint: `Use the ID instead of the name: ${twins.join(' or ')}`,
      candidates: twins.map((id) => ({id, name: 'nightly'})),
    })
  })

  it('names an ID that no token has', async () => {
    expect(await errorOf(['cltok0', ...onEtl])).to.deep.equal({
      kind: 'not_found',
      message: 'No Organization token has the ID cltok0.',
      exit: 3,
      hint: 'List the Organization tokens with the Astro CLI: astro organization token list',
      status: 404,
      request_id: 'emulator-000001',
    })
  })

  for (const [argv, command, scope] of [
    [['-n', 'workspace-loader'], 'add', 'WORKSPACE'],
    [[tokens.etlProdDeployer, '-r', 'Log Reader'], 'update', 'DEPLOYMENT'],
  ] as const) {
    it(`says that a token is of scope ${scope}`, async () => {
      const error = await errorOf([...argv, ...onEtl], command)
      expect(error).to.include({kind: 'not_found', exit: 3})
      expect(error)
        .to.have.property('message')
        .which.contains(`is a token of scope ${scope}, not an Organization token`)
    })
  }

  it('names an unknown Deployment when the write is rejected for it', async () => {
    const id = deployments.etlProd.replace('cly', 'clz')
    expect(await errorOf([tokens.ciPipeline, '--deployment-id', id])).to.deep.equal({
      kind: 'not_found',
      message: `No Deployment has the ID ${id}.`,
      exit: 3,
      hint: `Did you mean ${deployments.etlProd} (etl-prod)?`,
      status: 404,
      request_id: 'emulator-000002',
      candidates: [{id: deployments.etlProd, name: 'etl-prod'}],
    })
  })

  it('prints field errors, the request ID and the safe words of the API', async () => {
    const fieldErrors = [{code: 'min', field: 'roles', message: 'too short'}]
    const body = {message: 'bad \u001B[31mrequest', requestId: 'req-3', statusCode: 400, fieldErrors}
    on.api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 400, body}})

    const run = await on.run('add', [tokens.ciPipeline, ...onEtl])

    expect(run.exit).to.equal(1)
    expect(run.stderr).to.equal(
      'Error: The Astro API rejected the request: bad request; roles: too short\n' +
        'Check the values that you passed. If they are right, quote the request ID to support\nRequest ID: req-3\n',
    )
  })

  for (const [status, exit, kind] of [
    [401, 4, 'unauthenticated'],
    [403, 4, 'forbidden'],
    [418, 1, 'api'],
    [302, 1, 'api'],
  ] as const) {
    it(`reports a ${status} as ${kind}, and follows no redirect`, async () => {
      const headers = {location: `${on.api.url}/v1/organizations`}
      on.api.inject({action: {kind: 'status', status, headers}})
      expect(await errorOf([tokens.ciPipeline, ...onEtl])).to.include({kind, status, exit})
      expect(on.sent()).to.have.length(1)
    })
  }

  for (const body of [
    '<html>proxy</html>',
    '[]',
    '{"tokens":"none","totalCount":1}',
    '{"tokens":[{}],"totalCount":1}',
  ]) {
    it(`reports a response of another shape as an api error: ${body}`, async () => {
      on.api.inject({action: {kind: 'body', body}})
      expect(await errorOf(onEtl, 'list')).to.include({kind: 'api', exit: 1})
    })
  }
})
