import {expect} from 'chai'
import fc from 'fast-check'

import {type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {
  dagDeploymentIdsIn,
  deploymentIdsIn,
  giveRole,
  hasDagRole,
  organizationRoleOf,
  removeRole,
  type RoleChange,
  type RoleEdit,
  roleOn,
} from '../../../src/lib/roles/arithmetic.js'
import {DAG, roleOnDeployment} from './world.js'

/** Few, so that several entries name the same Deployment. */
const deploymentId = fc.constantFrom('d1', 'd2', 'd3', 'd4')
const deploymentIds = fc.array(deploymentId, {minLength: 1, maxLength: 6})
const roleName = fc.oneof(fc.constantFrom('DEPLOYMENT_ADMIN', 'Deploy Reader'), fc.string())
const unknownFields = fc.constantFrom({}, {grantedBy: {via: ['team', null]}}, {constructor: 1, length: 2})
/** Frozen, so that a change throws. Other types may have the ID of a Deployment too. */
const roleList = fc.array(
  fc
    .record({
      fields: unknownFields,
      entityType: fc.oneof(
        {arbitrary: fc.constant('DEPLOYMENT'), weight: 3},
        fc.constantFrom('DAG', 'DAG_TAG', 'ORGANIZATION', 'WORKSPACE', 'deployment', 'DEPLOYMENT_GROUP'),
      ),
      entityId: deploymentId,
      deploymentId,
      role: roleName,
    })
    .map(({deploymentId, entityId, entityType, fields, role}): TokenRole => {
      const entry = {...fields, entityType, entityId, role}
      return Object.freeze(entityType === 'DEPLOYMENT' ? entry : {...entry, deploymentId})
    }),
  {maxLength: 8},
)

function isOn({entityId, entityType}: TokenRole, id: string): boolean {
  return entityType === 'DEPLOYMENT' && entityId === id
}

/** Compares an edit with what is expected. Entries that it does not name must be the very same objects. */
function expectEdit(edit: RoleEdit, before: readonly TokenRole[], ids: readonly string[], expected: RoleEdit): void {
  const others = (roles: readonly TokenRole[]) => roles.filter((each) => !ids.some((id) => isOn(each, id)))
  expect(edit).to.deep.equal(expected)
  expect(others(edit.roles).every((each, index) => each === others(before)[index])).to.equal(true)
  for (const each of edit.changes) {
    expect(each.role).to.equal(roleOn(edit.roles, each.deploymentId))
    expect(each.previousRole === undefined).to.equal(roleOn(before, each.deploymentId) === undefined)
  }
}

function modelOfGiving(roles: readonly TokenRole[], ids: readonly string[], role: string): RoleEdit {
  const changed = roles.map((each) => (ids.some((id) => isOn(each, id)) ? {...each, role} : each))
  const added = ids.filter((id) => !roles.some((each) => isOn(each, id))).map((id) => roleOnDeployment(id, role))
  const changes = ids.map((id): RoleChange => {
    const before = roles.filter((each) => isOn(each, id)).map((each) => each.role)
    if (before.length === 0) return {deploymentId: id, action: 'added', role}
    const other = before.find((each) => each !== role)
    return {deploymentId: id, action: other === undefined ? 'unchanged' : 'updated', role, previousRole: other ?? role}
  })
  return {roles: [...changed, ...added], changes}
}

function modelOfTaking(roles: readonly TokenRole[], ids: readonly string[]): RoleEdit {
  const gone = ids.flatMap((id) => roles.filter((each) => isOn(each, id)).slice(0, 1))
  return {
    roles: roles.filter((each) => !ids.some((id) => isOn(each, id))),
    changes: gone.map(({entityId, role}) => ({deploymentId: entityId, action: 'removed', previousRole: role})),
  }
}

describe('role arithmetic', () => {
  it('gives and removes roles in place, reports each Deployment once and leaves all else as it was', () => {
    fc.assert(
      fc.property(roleList, deploymentIds, roleName, (roles, ids, role) => {
        expectEdit(giveRole(roles, ids, role), roles, ids, modelOfGiving(roles, [...new Set(ids)], role))
        expectEdit(removeRole(roles, ids), roles, ids, modelOfTaking(roles, [...new Set(ids)]))
      }),
      {numRuns: 40},
    )
  })

  it('replaces both of two roles on one Deployment, and reports the one that differs', () => {
    const roles = [roleOnDeployment('d1', 'DEPLOYMENT_ADMIN'), roleOnDeployment('d1', 'Deploy Reader')]
    const both = (role: string) => [roleOnDeployment('d1', role), roleOnDeployment('d1', role)]
    for (const [role, previousRole] of [
      ['DEPLOYMENT_ADMIN', 'Deploy Reader'],
      ['Deploy Reader', 'DEPLOYMENT_ADMIN'],
    ] as const) {
      const changes = [{deploymentId: 'd1', action: 'updated', role, previousRole}]
      expect(giveRole(roles, ['d1'], role)).to.deep.equal({roles: both(role), changes})
    }
  })

  describe('beside roles on DAGs, leaves the DEPLOYMENT_ACCESSOR that Astro adds', () => {
    const admin = roleOnDeployment('d1', 'DEPLOYMENT_ADMIN')
    const accessor = roleOnDeployment('d1', 'DEPLOYMENT_ACCESSOR')
    const reader = roleOnDeployment('d1', 'Deploy Reader')
    for (const {before, role, action, after} of [
      {before: [accessor, admin, DAG], role: 'DEPLOYMENT_ADMIN', action: 'unchanged', after: [accessor, admin, DAG]},
      {before: [accessor, admin, DAG], role: 'Deploy Reader', action: 'updated', after: [accessor, reader, DAG]},
      {before: [accessor, admin, DAG], role: 'DEPLOYMENT_ACCESSOR', action: 'updated', after: [accessor, DAG]},
      {before: [accessor, DAG], role: 'Deploy Reader', action: 'updated', after: [reader, DAG]},
    ]) {
      it(`and counts ${role} as ${action} with ${before.length - 1} roles`, () => {
        const {changes, roles} = giveRole(before, ['d1'], role)
        expect([changes[0]?.action, roles]).to.deep.equal([action, after])
      })
    }
  })

  it('finds the Deployments with a role, with a role on a DAG or a DAG tag, and the role in the Organization', () => {
    const dag = {...DAG, deploymentId: 'd3'}
    const member = {entityType: 'ORGANIZATION', entityId: 'd3', role: 'ORGANIZATION_MEMBER'}
    const roles = [roleOnDeployment('d1', 'r'), roleOnDeployment('d2', 'r'), roleOnDeployment('d1', 's'), dag, member]
    expect(deploymentIdsIn(roles)).to.deep.equal(['d1', 'd2'])
    expect(dagDeploymentIdsIn([...roles, {...dag, entityId: 'finance'}])).to.deep.equal(['d3'])
    expect(['d1', 'd3'].map((id) => hasDagRole(roles, id))).to.deep.equal([false, true])
    expect(hasDagRole([{...dag, entityType: 'DAG_TAG'}], 'd3')).to.equal(true)
    expect(hasDagRole([{...dag, entityType: 'WORKSPACE'}], 'd3')).to.equal(false)
    expect(organizationRoleOf({id: 'a', name: 'etl', scope: 'ORGANIZATION', roles})).to.equal('ORGANIZATION_MEMBER')
    expect(organizationRoleOf({id: 'a', name: 'etl', scope: 'ORGANIZATION'})).to.equal(undefined)
  })
})
