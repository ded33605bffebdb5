import {expect} from 'chai'
import nock from 'nock'

import Remove from '../../../../src/commands/deployment/organization-token/remove.js'
import {
  API,
  DEPLOYMENT_ID,
  deploymentRole,
  OTHER_ROLES,
  page,
  ROOT,
  subjectRoles,
  token,
  TOKEN_ID,
  tokenEnv,
} from '../../../support/fixtures.js'
import {json, runCommand} from '../../../support/run-command.js'

describe('deployment organization-token remove', () => {
  let api: nock.Scope
  const env = tokenEnv()
  const argv = [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID]
  const read = (roles: Parameters<typeof token>[0]) => api.get(`${ROOT}/tokens/${TOKEN_ID}`).reply(200, token(roles))

  beforeEach(() => {
    api = nock(API)
  })

  afterEach(() => {
    nock.cleanAll()
  })

  it('takes the one role away, sends every other back as it was, and says that DAG roles stay', async () => {
    read([...OTHER_ROLES, deploymentRole('Deploy Reader')])
    api.post(`${ROOT}/tokens/${TOKEN_ID}/roles`, {roles: OTHER_ROLES}).reply(200, subjectRoles(OTHER_ROLES))

    const run = await runCommand(Remove, argv, {env})

    api.done()
    expect(run).to.deep.include({
      exit: 0,
      stdout: `Removed etl-prod (${TOKEN_ID}) from Deployment ${DEPLOYMENT_ID}, where its role was Deploy Reader.\n`,
      stderr: `etl-prod keeps its roles on DAGs in Deployment ${DEPLOYMENT_ID}.\n`,
    })
  })

  it('prints the documented JSON', async () => {
    read([...OTHER_ROLES, deploymentRole('Deploy Reader')])
    api.post(`${ROOT}/tokens/${TOKEN_ID}/roles`).reply(200, subjectRoles(OTHER_ROLES))

    const run = await runCommand(Remove, [...argv, '--json'], {env})

    expect(json(run)).to.deep.equal({
      id: TOKEN_ID,
      name: 'etl-prod',
      scope: 'ORGANIZATION',
      action: 'removed',
      dry_run: false,
      deployments: [{deployment_id: DEPLOYMENT_ID, previous_role: 'Deploy Reader', action: 'removed'}],
    })
  })

  it('never leaves a token without any role', async () => {
    read([deploymentRole('Deploy Reader')])

    const run = await runCommand(Remove, [...argv, '--json'], {env})

    api.done()
    expect(run.exit).to.equal(5)
    expect(json(run)).to.have.nested.property('error.kind', 'conflict')
  })

  it('fails where the token has no role on the Deployment', async () => {
    read(OTHER_ROLES)
    api
      .get(`${ROOT}/deployments`)
      .query({deploymentIds: DEPLOYMENT_ID, limit: 1000, offset: 0, sorts: 'createdAt:asc'})
      .reply(200, page('deployments', [{id: DEPLOYMENT_ID, name: 'etl'}]))

    const run = await runCommand(Remove, [...argv, '--json'], {env})

    api.done()
    expect(run.exit).to.equal(3)
    expect(json(run)).to.have.nested.property(
      'error.message',
      `The token "etl-prod" has no role on Deployment ${DEPLOYMENT_ID}. It only has roles on DAGs there.`,
    )
  })
})
