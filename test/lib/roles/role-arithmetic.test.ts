import {expect} from 'chai'
import fc from 'fast-check'

import {type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {
  deploymentIdsIn,
  deploymentRolesIn,
  giveRole,
  hasDagRole,
  isSameRoleSet,
  roleAfter,
  roleBefore,
  type RoleChange,
  type RoleEdit,
  roleOn,
  takeRole,
} from '../../../src/lib/roles/role-arithmetic.js'
import {roleOnDeployment} from '../fake-astro-api.js'
import {deploymentId, roleList, roleName} from './role-lists.js'

const deploymentIds = fc.array(deploymentId, {minLength: 1, maxLength: 6})
const RUNS = {numRuns: 40}

function isOn({entityId, entityType}: TokenRole, id: string): boolean {
  return entityType === 'DEPLOYMENT' && entityId === id
}

/** The entries for a Deployment itself. */
function entriesOn(roles: readonly TokenRole[], id: string): readonly TokenRole[] {
  return roles.filter((each) => isOn(each, id))
}

/** Compares an edit with what is expected. Entries that it does not name must be the very same objects. */
function expectEdit(edit: RoleEdit, before: readonly TokenRole[], ids: readonly string[], expected: RoleEdit): void {
  const others = (roles: readonly TokenRole[]) => roles.filter((each) => !ids.some((id) => isOn(each, id)))
  expect(edit).to.deep.equal(expected)
  expect(others(edit.roles).every((each, index) => each === others(before)[index])).to.equal(true)
  expect(edit.roles === before).to.equal(edit.changes.every(({action}) => action === 'unchanged'))
}

function modelOfGiving(roles: readonly TokenRole[], ids: readonly string[], role: string): RoleEdit {
  const changed = roles.map((each) => (ids.some((id) => isOn(each, id)) ? {...each, role} : each))
  const added = ids.filter((id) => entriesOn(roles, id).length === 0).map((id) => roleOnDeployment(id, role))
  const changes = ids.map((id): RoleChange => {
    const before = entriesOn(roles, id).map((each) => each.role)
    if (before.length === 0) return {deploymentId: id, action: 'added', role}
    const other = before.find((each) => each !== role)
    return {deploymentId: id, action: other === undefined ? 'unchanged' : 'updated', role, previousRole: other ?? role}
  })
  return {roles: [...changed, ...added], changes}
}

function modelOfTaking(roles: readonly TokenRole[], ids: readonly string[]): RoleEdit {
  const gone = ids.flatMap((id) => entriesOn(roles, id).slice(0, 1))
  return {
    roles: roles.filter((each) => !ids.some((id) => isOn(each, id))),
    changes: gone.map(({entityId, role}) => ({deploymentId: entityId, action: 'removed', previousRole: role})),
  }
}

describe('role arithmetic', () => {
  it('gives a role in place or at the end, reports each Deployment once and leaves all else as it was', () => {
    fc.assert(
      fc.property(roleList, deploymentIds, roleName, (roles, ids, role) => {
        expectEdit(giveRole(roles, ids, role), roles, ids, modelOfGiving(roles, [...new Set(ids)], role))
      }),
      RUNS,
    )
  })

  it('removes the roles on Deployments, reports those that had one and leaves all else as it was', () => {
    fc.assert(
      fc.property(roleList, deploymentIds, (roles, ids) => {
        expectEdit(takeRole(roles, ids), roles, ids, modelOfTaking(roles, [...new Set(ids)]))
      }),
      RUNS,
    )
  })

  it('makes entries agree that disagree about one Deployment', () => {
    expect(giveRole([roleOnDeployment('d1', 'new'), roleOnDeployment('d1', 'old')], ['d1'], 'new')).to.deep.equal({
      roles: [roleOnDeployment('d1', 'new'), roleOnDeployment('d1', 'new')],
      changes: [{deploymentId: 'd1', action: 'updated', role: 'new', previousRole: 'old'}],
    })
  })

  it('finds the roles on Deployments, and those on DAGs in them', () => {
    fc.assert(
      fc.property(roleList, deploymentId, (roles, id) => {
        const onDeployments = roles.filter(({entityType}) => entityType === 'DEPLOYMENT')
        expect(roleOn(roles, id)).to.equal(entriesOn(roles, id)[0]?.role)
        expect(deploymentRolesIn(roles)).to.deep.equal(onDeployments)
        expect(deploymentIdsIn(roles)).to.deep.equal([...new Set(onDeployments.map(({entityId}) => entityId))])
        expect(hasDagRole(roles, id)).to.equal(
          roles.some(({deploymentId: holder, entityType}) => ['DAG', 'DAG_TAG'].includes(entityType) && holder === id),
        )
      }),
      RUNS,
    )
  })

  it('compares role sets regardless of order and unknown fields', () => {
    fc.assert(
      fc.property(roleList, roleName, fc.nat(), (roles, role, index) => {
        const known = roles.toReversed().map((each) => ({...each, grantedBy: 'me'}))
        const extra = roleOnDeployment('another', role)
        const changed = roles.map((each, at) => (at === index % roles.length ? {...each, role: `${each.role}!`} : each))
        expect(isSameRoleSet(roles, known)).to.equal(true)
        expect(isSameRoleSet(roles, [...roles, extra])).to.equal(false)
        expect(isSameRoleSet([...roles, extra], roles)).to.equal(false)
        expect(isSameRoleSet(roles, changed)).to.equal(roles.length === 0)
      }),
      RUNS,
    )
  })

  it('tells the role before and after a change', () => {
    const changes: readonly RoleChange[] = [
      {action: 'added', deploymentId: 'd1', role: 'new'},
      {action: 'updated', deploymentId: 'd1', role: 'new', previousRole: 'old'},
      {action: 'removed', deploymentId: 'd1', previousRole: 'old'},
    ]

    expect(changes.map((each) => [roleBefore(each), roleAfter(each)])).to.deep.equal([
      [undefined, 'new'],
      ['old', 'new'],
      ['old', undefined],
    ])
  })
})
