import {expect} from 'chai'

import {call, type Reply} from './calls.js'
import {type AstroApi, startAstroApi} from './server.js'
import {ids, type TokenRole, type WorldToken} from './world.js'

const {deployments, organization, tokens, workspaces} = ids
const now = new Date('2025-06-01T12:00:00Z')
const onDeployment = (entityId: string, role: string): TokenRole => ({entityType: 'DEPLOYMENT', entityId, role})

describe('writing the roles of a token', () => {
  let api: AstroApi

  beforeEach(async () => {
    api = await startAstroApi({now: () => now})
  })

  afterEach(async () => {
    await api.close()
  })

  const write = async (roles: unknown[], id: string = tokens.deployBot): Promise<Reply> =>
    call(api, `tokens/${id}/roles`, {body: {roles}})
  const stored = (id: string = tokens.deployBot): undefined | WorldToken =>
    api.world.tokens.find((one) => one.id === id)

  it('replaces the whole set: what is left out is gone', async () => {
    const roles = [onDeployment(deployments.billing, 'Deploy Reader')]
    const {body, status} = await write(roles)
    expect(status).to.equal(200)
    expect(body).to.deep.equal({
      organizationRole: null,
      workspaceRoles: null,
      deploymentRoles: [{deploymentId: deployments.billing, role: 'Deploy Reader'}],
      dagRoles: null,
    })
    expect(stored()?.roles).to.deep.equal(roles)
    expect(await call(api, `tokens/${tokens.deployBot}`))
      .to.have.nested.property('body.roles')
      .that.deep.equals(roles)
    expect(api.violations).to.deep.equal([])
  })

  it('keeps fields of an entry that nobody described, and answers each kind of role', async () => {
    const roles = stored(tokens.dataQuality)?.roles ?? []
    const {body} = await write([...roles].toReversed(), tokens.dataQuality)
    expect(stored(tokens.dataQuality)?.roles).to.deep.equal(roles.toReversed())
    expect(body).to.deep.equal({
      organizationRole: 'ORGANIZATION_MEMBER',
      workspaceRoles: [{workspaceId: workspaces.data, role: 'WORKSPACE_MEMBER'}],
      deploymentRoles: [
        {deploymentId: deployments.sandbox, role: 'DEPLOYMENT_ADMIN'},
        {deploymentId: deployments.mlTraining, role: 'Deploy Reader'},
      ],
      dagRoles: [
        {dagId: 'check_orders', deploymentId: deployments.etlProd, role: 'DAG_AUTHOR'},
        {dagTag: 'quality', deploymentId: deployments.etlProd, role: 'DAG_VIEWER'},
      ],
    })
    expect(api.violations).to.deep.equal([])
  })

  it('notes when the token was changed, and by whom', async () => {
    await write([onDeployment(deployments.billing, 'DEPLOYMENT_ADMIN')])
    expect(stored()).to.include({updatedAt: now.toISOString()})
    expect(stored()?.updatedBy).to.deep.equal({id: tokens.terraform, subjectType: 'SERVICEKEY'})
  })

  it('refuses an empty set with 400 and the field', async () => {
    const {body, status} = await write([])
    expect(status).to.equal(400)
    expect(body).to.have.nested.property('fieldErrors[0].field', 'roles')
    expect(api.violations).to.deep.equal([
      'updateApiTokenRoles request: /requestBody/roles must NOT have fewer than 1 items',
    ])
  })

  describe('checks every entry, and changes nothing where one is refused', () => {
    const good = onDeployment(deployments.billing, 'DEPLOYMENT_ADMIN')
    const dag: TokenRole = {entityType: 'DAG', entityId: 'a_dag', role: 'DAG_VIEWER'}
    const refused: [string, TokenRole, number, string][] = [
      [
        'a role that does not exist',
        onDeployment(deployments.reports, 'Deploy Raeder'),
        400,
        "There is no role 'Deploy Raeder' for DEPLOYMENT",
      ],
      [
        'a role of another scope',
        onDeployment(deployments.reports, 'DAG Trigger'),
        400,
        "There is no role 'DAG Trigger' for DEPLOYMENT",
      ],
      ['an unknown Deployment', onDeployment('clnone', 'DEPLOYMENT_ADMIN'), 404, 'DEPLOYMENT clnone was not found'],
      [
        'an unknown Workspace',
        {entityType: 'WORKSPACE', entityId: 'clnone', role: 'WORKSPACE_OWNER'},
        404,
        'WORKSPACE clnone was not found',
      ],
      [
        'another Organization',
        {entityType: 'ORGANIZATION', entityId: 'clnone', role: 'ORGANIZATION_OWNER'},
        404,
        'ORGANIZATION clnone was not found',
      ],
      ['a DAG without its Deployment', dag, 400, 'A role on a DAG needs the deploymentId'],
      ['a DAG in an unknown Deployment', {...dag, deploymentId: 'clnone'}, 404, 'DEPLOYMENT clnone was not found'],
      [
        'a second role on the Deployment',
        {...good, role: 'Deploy Reader'},
        400,
        `More than one role for DEPLOYMENT ${deployments.billing}`,
      ],
    ]

    for (const [what, entry, status, message] of refused) {
      it(what, async () => {
        const before = stored()?.roles
        const reply = await write([good, entry])
        expect(reply.status).to.equal(status)
        expect(reply.body).to.include({message, statusCode: status})
        expect(stored()?.roles).to.equal(before)
        expect(api.violations).to.deep.equal([])
      })
    }
  })

  it('refuses a Deployment of another Organization with 404', async () => {
    for (const deployment of api.world.deployments) deployment.organizationId = ids.otherOrganization
    expect(await write([onDeployment(deployments.billing, 'DEPLOYMENT_ADMIN')])).to.include({status: 404})
  })

  it('refuses an unknown token with 404', async () => {
    expect(await write([onDeployment(deployments.billing, 'DEPLOYMENT_ADMIN')], 'clnone')).to.include({status: 404})
  })

  it('lets a token keep an entry of a type that came later, and notes that it is not in the contract', async () => {
    const later = {entityType: 'ENVIRONMENT', entityId: 'e1', role: 'ENV_USER'}
    const token = stored()
    if (token) token.roles = [...(token.roles ?? []), later]
    const member = {entityType: 'ORGANIZATION', entityId: organization, role: 'ORGANIZATION_MEMBER'}
    expect(await write([member, later])).to.include({status: 200})
    expect(await write([member, {...later, entityId: 'e2'}])).to.include({status: 400})
    expect(api.violations).to.have.length(2)
    expect(api.violations[0]).to.match(
      /^updateApiTokenRoles request: \/requestBody\/roles\/1\/entityType must be equal/,
    )
  })
})
