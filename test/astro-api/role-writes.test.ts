import {expect} from 'chai'

import {propertyOf, type Reply, testEmulator} from './calls.js'
import {ADMIN, DATA_QUALITY, MALFORMED, MEMBER, REJECTED} from './role-writes-table.js'
import {ids, type WorldToken} from './world.js'

const {deployments, tokens, workspaces} = ids

describe('updateApiTokenRoles', () => {
  const now = new Date('2025-06-01T12:00:00Z')
  const on = testEmulator({now: () => now})
  const write = async (body: unknown, id: string = tokens.deployBot): Promise<Reply> =>
    on.call(`tokens/${id}/roles`, {method: 'POST', body})
  const read = async (id: string = tokens.deployBot) => propertyOf((await on.call(`tokens/${id}`)).body, 'roles')
  const stored = (id: string = tokens.deployBot): undefined | WorldToken =>
    on.api.world.tokens.find((token) => token.id === id)

  beforeEach(on.start)

  afterEach(on.stop)

  it('replaces all roles, and records the time and the author', async () => {
    const {body} = await write({roles: [ADMIN]})
    const deploymentRoles = [{deploymentId: deployments.billing, role: 'DEPLOYMENT_ADMIN'}]
    expect(body).to.deep.equal({organizationRole: null, workspaceRoles: null, deploymentRoles, dagRoles: null})
    expect(await read()).to.deep.equal([ADMIN])
    const updatedBy = {id: tokens.terraform, subjectType: 'SERVICEKEY'}
    expect(stored()).to.deep.include({updatedAt: now.toISOString(), updatedBy})
  })

  it('keeps unknown fields and returns the roles by kind', async () => {
    const roles = (stored(tokens.dataQuality)?.roles ?? []).toReversed()
    expect(roles[1]).to.have.nested.property('grantedBy.ticket', 417)
    const {body} = await write({roles}, tokens.dataQuality)
    expect(await read(tokens.dataQuality)).to.deep.equal(roles)
    expect(body).to.deep.equal(DATA_QUALITY)
  })

  for (const [title, entry, status, message] of REJECTED) {
    it(`rejects ${title} and changes nothing`, async () => {
      const before = stored()?.roles
      expect((await write({roles: [ADMIN, entry]})).body).to.include({message, statusCode: status})
      expect(stored()?.roles).to.equal(before)
      on.api.violations.length = 0
    })
  }

  for (const [title, body, field, message] of MALFORMED) {
    it(`rejects ${title}, names the field and records a violation`, async () => {
      const reply = await write(body)
      expect(reply).to.include({status: 400})
      expect(propertyOf(reply.body, 'fieldErrors')).to.deep.include({code: 'invalid', field, message})
      expect(on.api.violations.splice(0).join('\n')).to.include(`${field.replace('roles.', 'roles/')} ${message}`)
    })
  }

  it('accepts an entry of a new type that the token already has, and records violations', async () => {
    const roles = [MEMBER, {entityType: 'ENVIRONMENT', entityId: 'e1', role: 'ENV_USER'}]
    Object.assign(stored() ?? {}, {roles})
    expect(await write({roles})).to.include({status: 200})
    expect(on.api.violations.splice(0)).to.have.length(1)
  })

  describe('with roles on DAGs of a Deployment without a role', () => {
    const dag = {entityType: 'DAG', entityId: 'a_dag', deploymentId: deployments.reports, role: 'DAG_VIEWER'}

    it('adds accessors for the Deployment and its Workspace if the world does', async () => {
      on.api.world.addsAccessors = true
      await write({roles: [MEMBER, dag]})
      expect(await read()).to.deep.equal([
        MEMBER,
        dag,
        {entityType: 'DEPLOYMENT', entityId: deployments.reports, role: 'DEPLOYMENT_ACCESSOR'},
        {entityType: 'WORKSPACE', entityId: workspaces.finance, role: 'WORKSPACE_ACCESSOR'},
      ])
    })

    it('rejects them if the world does', async () => {
      on.api.world.needsAccessors = true
      const {body} = await write({roles: [MEMBER, dag]})
      const message = `Roles on DAGs need a role on DEPLOYMENT ${deployments.reports}`
      expect(body).to.include({message, statusCode: 400})
    })
  })
})
