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
} from '../../../src/lib/roles/arithmetic.js'
import {ACCESSOR, ADMIN, DAG, READER, roleOnDeployment} from './world.js'

/** Few, so that several entries name the same Deployment. */
const deploymentId = fc.constantFrom('d1', 'd2', 'd3', 'd4')
const deploymentIds = fc.array(deploymentId, {minLength: 1, maxLength: 6})
const roleName = fc.oneof(fc.constantFrom('DEPLOYMENT_ADMIN', 'Deploy Reader'), fc.string())
const entityType = fc.oneof(
  {arbitrary: fc.constant('DEPLOYMENT'), weight: 3},
  fc.constantFrom('DAG', 'DAG_TAG', 'ORGANIZATION', 'WORKSPACE', 'deployment', 'DEPLOYMENT_GROUP'),
)
/** A field that this program does not know. */
const grantedBy = fc.constantFrom(null, {via: ['team', null]})
/** Frozen, so that a change throws. Other types may have the ID of a Deployment too. */
const roleList = fc.array(
  fc
    .record({entityType, entityId: deploymentId, deploymentId, role: roleName, grantedBy})
    .map((entry): TokenRole => Object.freeze(entry)),
  {maxLength: 8},
)

function isOn({entityId, entityType}: TokenRole, id: string): boolean {
  return entityType === 'DEPLOYMENT' && entityId === id
}

function without(ids: readonly string[], roles: readonly TokenRole[]): TokenRole[] {
  return roles.filter((each) => !ids.some((id) => isOn(each, id)))
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
    roles: without(ids, roles),
    changes: gone.map(({entityId, role}) => ({deploymentId: entityId, action: 'removed', previousRole: role})),
  }
}

describe('role arithmetic', () => {
  it('gives and removes roles in place, reports each Deployment once and leaves all else as it was', () => {
    fc.assert(
      fc.property(roleList, deploymentIds, roleName, (roles, ids, role) => {
        const distinct = [...new Set(ids)]
        for (const [edit, expected] of [
          [giveRole(roles, ids, role), modelOfGiving(roles, distinct, role)],
          [removeRole(roles, ids), modelOfTaking(roles, distinct)],
        ] as const) {
          expect(edit).to.deep.equal(expected)
          // The very same objects.
          expect(without(ids, edit.roles)).to.have.ordered.members(without(ids, roles))
        }
      }),
      {numRuns: 200},
    )
  })

  for (const {action, after, before, role} of [
    {before: [ACCESSOR, ADMIN, DAG], role: 'DEPLOYMENT_ADMIN', action: 'unchanged', after: [ACCESSOR, ADMIN, DAG]},
    {before: [ACCESSOR, ADMIN, DAG], role: 'Deploy Reader', action: 'updated', after: [ACCESSOR, READER, DAG]},
    {before: [ACCESSOR, ADMIN, DAG], role: 'DEPLOYMENT_ACCESSOR', action: 'updated', after: [ACCESSOR, DAG]},
    {before: [ACCESSOR, DAG], role: 'Deploy Reader', action: 'updated', after: [READER, DAG]},
  ]) {
    const roles = before.map((each) => each.role).join(', ')
    it(`leaves the DEPLOYMENT_ACCESSOR that Astro adds beside roles on DAGs: ${role} for ${roles}`, () => {
      const edit = giveRole(before, ['d1'], role)
      expect([edit.changes[0]?.action, edit.roles]).to.deep.equal([action, after])
    })
  }

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
