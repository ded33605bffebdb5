import {expect} from 'chai'
import nock from 'nock'

import Update from '../../../../src/commands/deployment/organization-token/update.js'
import {
  API,
  DEPLOYMENT_ID,
  deploymentRole,
  OTHER_DEPLOYMENT_ID,
  OTHER_ROLES,
  page,
  ROOT,
  subjectRoles,
  token,
  TOKEN_ID,
  tokenEnv,
} from '../../../support/fixtures.js'
import {json, runCommand} from '../../../support/run-command.js'

describe('deployment organization-token update', () => {
  let api: nock.Scope
  const env = tokenEnv()

  beforeEach(() => {
    api = nock(API)
  })

  afterEach(() => {
    nock.cleanAll()
  })

  it('changes the role in its place and leaves every other one as it was', async () => {
    const entry = {...deploymentRole('Deploy Reader'), kept: {since: '2026'}}
    api.get(`${ROOT}/tokens/${TOKEN_ID}`).reply(200, token([entry, ...OTHER_ROLES]))
    const roles = [{...entry, role: 'DEPLOYMENT_ADMIN'}, ...OTHER_ROLES]
    api.post(`${ROOT}/tokens/${TOKEN_ID}/roles`, {roles}).reply(200, subjectRoles(roles))

    const run = await runCommand(Update, [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID], {env})

    api.done()
    expect(run).to.deep.include({
      exit: 0,
      stderr: 'No --role specified; updating to DEPLOYMENT_ADMIN.\n',
      stdout: `Updated etl-prod (${TOKEN_ID}) on Deployment ${DEPLOYMENT_ID}: Deploy Reader → DEPLOYMENT_ADMIN.\n`,
    })
  })

  it('looks for a name among the tokens of the Deployment', async () => {
    const roles = [deploymentRole('Deploy Reader')]
    api
      .get(`${ROOT}/tokens`)
      .query({deploymentId: DEPLOYMENT_ID, limit: 1000, offset: 0, sorts: 'createdAt:asc'})
      .reply(200, page('tokens', [token(OTHER_ROLES, {id: 'cldagsalone'}), token(roles)]))
    api.get(`${ROOT}/tokens/${TOKEN_ID}`).reply(200, token(roles))
    const written = [deploymentRole('Deploy Operator')]
    api.post(`${ROOT}/tokens/${TOKEN_ID}/roles`, {roles: written}).reply(200, subjectRoles(written))

    const argv = ['-n', 'etl-prod', '--deployment-id', DEPLOYMENT_ID, '-r', 'Deploy Operator', '--json']
    const run = await runCommand(Update, argv, {env})

    api.done()
    expect(json(run)).to.have.deep.property('deployments', [
      {
        deployment_id: DEPLOYMENT_ID,
        role: 'Deploy Operator',
        previous_role: 'Deploy Reader',
        action: 'updated',
      },
    ])
  })

  it('writes nothing where one of the Deployments has no role of the token, and names each of those', async () => {
    const third = 'cldep0000000000000000003c'
    api.get(`${ROOT}/tokens/${TOKEN_ID}`).reply(200, token([deploymentRole('Deploy Reader')]))
    const found = [OTHER_DEPLOYMENT_ID, third].map((id) => ({id, name: 'reports'}))
    api.get(`${ROOT}/deployments`).query(true).reply(200, page('deployments', found))

    const ids = [DEPLOYMENT_ID, OTHER_DEPLOYMENT_ID, third]
    const run = await runCommand(Update, [TOKEN_ID, ...ids.flatMap((id) => ['--deployment-id', id])], {env})

    api.done()
    expect(run.exit).to.equal(3)
    expect(run.stdout).to.equal('')
    expect(run.stderr).to.equal(
      'No --role specified; updating to DEPLOYMENT_ADMIN.\n' +
        `Error: The token "etl-prod" has no role on Deployments ${OTHER_DEPLOYMENT_ID}, ${third}.\n` +
        `To give it the role: astro deployment organization-token add ${TOKEN_ID} --role DEPLOYMENT_ADMIN --deployment-id ${OTHER_DEPLOYMENT_ID} --deployment-id ${third}\n`,
    )
  })
})
