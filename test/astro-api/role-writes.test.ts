import {expect} from 'chai'

import {propertyOf, type Reply, testEmulator} from './calls.js'
import {ids, roleOnDeployment, type TokenRole, type WorldToken} from './world.js'

const {deployments, tokens, workspaces} = ids
const ADMIN = roleOnDeployment(deployments.billing, 'DEPLOYMENT_ADMIN')
const MEMBER: TokenRole = {entityType: 'ORGANIZATION', entityId: ids.organization, role: 'ORGANIZATION_MEMBER'}
const DAG: TokenRole = {entityType: 'DAG', entityId: 'a_dag', role: 'DAG_VIEWER'}

describe('updateApiTokenRoles', () => {
  const now = new Date('2025-06-01T12:00:00Z')
  const on = testEmulator({now: () => now})
  const write = async (roles: unknown, id: string = tokens.deployBot): Promise<Reply> =>
    on.call(`tokens/${id}/roles`, {body: {roles}})
  const stored = (id: string = tokens.deployBot): undefined | WorldToken =>
    on.api.world.tokens.find((token) => token.id === id)

  beforeEach(on.start)

  afterEach(on.stop)

  it('replaces all roles, records the time and the author, and returns the roles by kind', async () => {
    const {body} = await write([ADMIN])
    const deploymentRoles = [{deploymentId: deployments.billing, role: 'DEPLOYMENT_ADMIN'}]
    expect(body).to.deep.equal({organizationRole: null, workspaceRoles: null, deploymentRoles, dagRoles: null})
    const updatedBy = {id: tokens.terraform, subjectType: 'SERVICEKEY'}
    expect(stored()).to.deep.include({roles: [ADMIN], updatedAt: now.toISOString(), updatedBy})
  })

  it('keeps unknown fields', async () => {
    const roles = (stored(tokens.dataQuality)?.roles ?? []).toReversed()
    expect(roles[1]).to.have.nested.property('grantedBy.ticket', 417)
    const {body} = await write(roles, tokens.dataQuality)
    expect(stored(tokens.dataQuality)?.roles).to.deep.equal(roles)
    expect(propertyOf(body, 'dagRoles')).to.deep.equal([
      {dagId: 'check_orders', deploymentId: deployments.mlTraining, role: 'DAG_AUTHOR'},
      {dagTag: 'quality', deploymentId: deployments.mlTraining, role: 'DAG_VIEWER'},
    ])
  })

  for (const {entry, message, status = 400, title} of [
    {
      title: 'an unknown role',
      entry: roleOnDeployment(deployments.reports, 'Raeder'),
      message: "There is no role 'Raeder' for DEPLOYMENT",
    },
    {
      title: 'a role of another scope',
      entry: roleOnDeployment(deployments.reports, 'DAG Trigger'),
      message: "There is no role 'DAG Trigger' for DEPLOYMENT",
    },
    {
      title: 'an unknown Deployment',
      entry: {...ADMIN, entityId: 'clnone'},
      status: 404,
      message: 'DEPLOYMENT clnone was not found',
    },
    {title: 'a DAG without a Deployment', entry: DAG, message: 'A role on a DAG needs the deploymentId'},
    {
      title: 'a DAG in an unknown Deployment',
      entry: {...DAG, deploymentId: 'clnone'},
      status: 404,
      message: 'DEPLOYMENT clnone was not found',
    },
    {
      title: 'a second role',
      entry: {...ADMIN, role: 'Log Reader'},
      message: `More than one role for DEPLOYMENT ${deployments.billing}`,
    },
    {
      title: 'an unknown type',
      entry: {...MEMBER, entityType: 'ENVIRONMENT'},
      message: 'Unknown entity type ENVIRONMENT',
    },
  ]) {
    it(`rejects ${title} and changes nothing`, async () => {
      const before = stored()?.roles
      expect((await write([ADMIN, entry])).body).to.include({message, statusCode: status})
      expect(stored()?.roles).to.equal(before)
      on.api.violations.length = 0
    })
  }

  it('rejects a malformed body, names the field and records a violation', async () => {
    const reply = await write([])
    expect(reply).to.include({status: 400})
    const error = {code: 'invalid', field: 'roles', message: 'must NOT have fewer than 1 items'}
    expect(propertyOf(reply.body, 'fieldErrors')).to.deep.equal([error])
    expect(on.api.violations.splice(0)).to.have.length(1)
  })

  it('accepts an entry of a new type that the token already has, and records violations', async () => {
    const roles = [MEMBER, {entityType: 'ENVIRONMENT', entityId: 'e1', role: 'ENV_USER'}]
    Object.assign(stored() ?? {}, {roles})
    expect(await write(roles)).to.include({status: 200})
    expect(on.api.violations.splice(0)).to.have.length(1)
  })

  it('adds accessors for the Deployment and the Workspace of a DAG, or rejects it, as the world says', async () => {
    const dag = {...DAG, deploymentId: deployments.reports}
    on.api.world.addsAccessors = true
    await write([MEMBER, dag])
    expect(stored()?.roles).to.deep.equal([
      MEMBER,
      dag,
      roleOnDeployment(deployments.reports, 'DEPLOYMENT_ACCESSOR'),
      {entityType: 'WORKSPACE', entityId: workspaces.finance, role: 'WORKSPACE_ACCESSOR'},
    ])
    on.api.world.needsAccessors = true
    const {body} = await write([MEMBER, dag])
    expect(body).to.include({message: `Roles on DAGs need a role on DEPLOYMENT ${deployments.reports}`})
  })
})
