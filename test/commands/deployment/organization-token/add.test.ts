import {expect} from 'chai'
import nock from 'nock'

import Add from '../../../../src/commands/deployment/organization-token/add.js'
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

describe('deployment organization-token add', () => {
  let api: nock.Scope

  beforeEach(() => {
    api = nock(API)
  })

  afterEach(() => {
    nock.cleanAll()
  })

  const env = tokenEnv()
  const read = (roles: Parameters<typeof token>[0]) => api.get(`${ROOT}/tokens/${TOKEN_ID}`).reply(200, token(roles))
  /** Answers a write only if its body is exactly this. */
  const write = (roles: ReturnType<typeof deploymentRole>[]) =>
    api.post(`${ROOT}/tokens/${TOKEN_ID}/roles`, {roles}).reply(200, subjectRoles(roles))

  it('sends back every other role exactly as it was read, and the new one after them', async () => {
    read(OTHER_ROLES)
    write([...OTHER_ROLES, deploymentRole('DEPLOYMENT_ADMIN')])

    const run = await runCommand(Add, [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID, '--json'], {env})

    api.done()
    expect(run.exit).to.equal(0)
    expect(run.stderr).to.equal('')
    expect(json(run)).to.deep.equal({
      id: TOKEN_ID,
      name: 'etl-prod',
      description: 'Runs the nightly load',
      scope: 'ORGANIZATION',
      role: 'DEPLOYMENT_ADMIN',
      created_at: '2026-01-02T03:04:05Z',
      created_by: 'Jo Doe',
      expires_at: '2027-01-02T03:04:05Z',
      dry_run: false,
      deployments: [{deployment_id: DEPLOYMENT_ID, role: 'DEPLOYMENT_ADMIN', action: 'added'}],
    })
  })

  it('says what it did in one line on stdout', async () => {
    read(OTHER_ROLES)
    write([...OTHER_ROLES, deploymentRole('Deploy Reader')])

    const run = await runCommand(Add, [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID, '-r', 'Deploy Reader'], {env})

    api.done()
    expect(run.stdout).to.equal(`Added etl-prod (${TOKEN_ID}) to Deployment ${DEPLOYMENT_ID} as Deploy Reader.\n`)
    expect(run.stderr).to.equal('')
  })

  it('finds a token by its name among the tokens of the Organization', async () => {
    api
      .get(`${ROOT}/tokens`)
      .query({includeOnlyOrganizationTokens: true, limit: 1000, offset: 0, sorts: 'createdAt:asc'})
      .reply(200, page('tokens', [token(OTHER_ROLES), token(OTHER_ROLES, {id: 'cltok2', name: 'etl-PROD'})]))
    read([])
    write([deploymentRole('DEPLOYMENT_ADMIN')])

    const run = await runCommand(Add, ['-n', 'etl-prod', `--deployment-id=${DEPLOYMENT_ID}`], {env})

    api.done()
    expect(run.exit).to.equal(0)
  })

  it('writes nothing where the token has the role already', async () => {
    read([...OTHER_ROLES, deploymentRole('DEPLOYMENT_ADMIN')])

    const run = await runCommand(Add, [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID], {env})

    api.done()
    expect(run.exit).to.equal(0)
    expect(run.stdout).to.equal(
      `etl-prod (${TOKEN_ID}) is DEPLOYMENT_ADMIN on Deployment ${DEPLOYMENT_ID} already. Nothing changed.\n`,
    )
  })

  it('changes another role that is there, in its place, and says from which to which', async () => {
    read([deploymentRole('Deploy Reader'), ...OTHER_ROLES])
    write([deploymentRole('DEPLOYMENT_ADMIN'), ...OTHER_ROLES])

    const run = await runCommand(Add, [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID], {env})

    api.done()
    expect(run.stdout).to.contain('Deploy Reader → DEPLOYMENT_ADMIN')
  })

  it('gives the role on several Deployments by one write, each named once', async () => {
    const third = 'cldep0000000000000000003c'
    read([deploymentRole('Deploy Reader', OTHER_DEPLOYMENT_ID)])
    write([
      deploymentRole('DEPLOYMENT_ADMIN', OTHER_DEPLOYMENT_ID),
      deploymentRole('DEPLOYMENT_ADMIN'),
      deploymentRole('DEPLOYMENT_ADMIN', third),
    ])
    const ids = [DEPLOYMENT_ID, OTHER_DEPLOYMENT_ID, third, DEPLOYMENT_ID.toUpperCase()]

    const run = await runCommand(Add, [...ids.flatMap((id) => ['--deployment-id', id]), TOKEN_ID, '--json'], {env})

    api.done()
    expect(json(run)).to.have.deep.property('deployments', [
      {deployment_id: DEPLOYMENT_ID, role: 'DEPLOYMENT_ADMIN', action: 'added'},
      {
        deployment_id: OTHER_DEPLOYMENT_ID,
        role: 'DEPLOYMENT_ADMIN',
        previous_role: 'Deploy Reader',
        action: 'updated',
      },
      {deployment_id: third, role: 'DEPLOYMENT_ADMIN', action: 'added'},
    ])
  })

  it('takes the Deployment from ASTRO_DEPLOYMENT_ID and says so on stderr, under --json too', async () => {
    const withDeployment = {...env, ASTRO_DEPLOYMENT_ID: DEPLOYMENT_ID}
    read([deploymentRole('DEPLOYMENT_ADMIN')])
    read([deploymentRole('DEPLOYMENT_ADMIN')])

    const plain = await runCommand(Add, [TOKEN_ID], {env: withDeployment})
    const asJson = await runCommand(Add, [TOKEN_ID, '--json'], {env: withDeployment})

    api.done()
    expect(plain.stderr).to.equal(`Deployment ${DEPLOYMENT_ID} (from ASTRO_DEPLOYMENT_ID)\n`)
    expect(asJson.stderr).to.equal(plain.stderr)
    expect(json(asJson)).to.have.property('id', TOKEN_ID)
  })

  it('sends the credential and who it is', async () => {
    const asked = nock(API, {
      reqheaders: {
        authorization: `Bearer ${env.ASTRO_API_TOKEN ?? ''}`,
        'user-agent': /^astro-plugin-organization-token\/\d+\.\d+\.\d+ node\/\d+/,
      },
    })
      .get(`${ROOT}/tokens/${TOKEN_ID}`)
      .reply(200, token([deploymentRole('DEPLOYMENT_ADMIN')]))

    const run = await runCommand(Add, [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID], {env})

    asked.done()
    expect(run.exit).to.equal(0)
  })

  it('looks again after a write whose answer has other roles than were sent', async () => {
    read(OTHER_ROLES)
    api.post(`${ROOT}/tokens/${TOKEN_ID}/roles`).reply(200, subjectRoles(OTHER_ROLES))
    read([...OTHER_ROLES, deploymentRole('DEPLOYMENT_ADMIN')])

    const run = await runCommand(Add, [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID, '--json'], {env})

    api.done()
    expect(run.exit).to.equal(0)
    expect(json(run)).to.have.nested.property('deployments[0].action', 'added')
  })

  it('explains the refusal of a role that does not exist', async () => {
    read(OTHER_ROLES)
    api
      .post(`${ROOT}/tokens/${TOKEN_ID}/roles`)
      .reply(400, {message: 'invalid role Deploy Raeder', requestId: 'req-7', statusCode: 400})
    api
      .get(`${ROOT}/roles`)
      .query({includeDefaultRoles: true, limit: 1000, offset: 0, scopeTypes: 'DEPLOYMENT'})
      .reply(200, {
        ...page('roles', [
          {name: 'Deploy Operator', scopeType: 'DEPLOYMENT'},
          {name: 'Deploy Reader', scopeType: 'DEPLOYMENT'},
          {name: 'DAG only', scopeType: 'DAG'},
        ]),
        defaultRoles: [{name: 'DEPLOYMENT_ADMIN', scopeType: 'DEPLOYMENT'}],
      })

    const argv = [TOKEN_ID, '--deployment-id', DEPLOYMENT_ID, '--role', 'Deploy Raeder', '--json']
    const run = await runCommand(Add, argv, {env})

    api.done()
    expect(run.exit).to.equal(3)
    expect(json(run)).to.deep.equal({
      error: {
        kind: 'not_found',
        message:
          'No Deployment role has the name "Deploy Raeder". The Astro API does not accept the request: invalid role Deploy Raeder',
        exit: 3,
        hint: 'Did you mean "Deploy Reader"? Deployment roles: DEPLOYMENT_ADMIN, Deploy Operator, Deploy Reader',
        status: 400,
        request_id: 'req-7',
        candidates: [{name: 'Deploy Reader'}, {name: 'Deploy Operator'}, {name: 'DEPLOYMENT_ADMIN'}],
      },
    })
  })
})
