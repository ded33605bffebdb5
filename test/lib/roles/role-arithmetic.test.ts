import {expect} from 'chai'
import fc from 'fast-check'

import {type TokenRole} from '../../../src/lib/astro-api/answers.js'
import {
  giveRole,
  hasDagRole,
  isSameRoleSet,
  type RoleChange,
  roleOn,
  takeRole,
} from '../../../src/lib/roles/role-arithmetic.js'
import {deepFreeze, deploymentId, DEPLOYMENTS, entries, roleList, roleName} from './role-lists.js'

const deploymentIds = fc.array(deploymentId, {minLength: 1, maxLength: 6})

/** Either way to edit a list. */
const edit = fc.oneof(
  roleName.map((role) => (roles: readonly TokenRole[], ids: readonly string[]) => giveRole(roles, ids, role)),
  fc.constant(takeRole),
)

describe('token roles', () => {
  describe('an edit, whichever', () => {
    it('leaves every entry that it does not name the same object, in the same order', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, edit, (roles, ids, change) => {
          const before = notNamed(roles, ids)
          const after = notNamed(change(roles, ids).roles, ids)
          expect(after).to.have.lengthOf(before.length)
          for (const [index, each] of before.entries()) expect(after[index]).to.equal(each)
        }),
      )
    })

    it('does not change what it was given, down to the nested fields', () => {
      fc.assert(
        fc.property(entries, deploymentIds, edit, (roles, ids, change) => {
          const before = structuredClone(roles)
          change(deepFreeze(roles), Object.freeze([...ids]))
          expect(roles).to.deep.equal(before)
        }),
      )
    })

    it('reports one change for each Deployment, in the order they are named', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, roleName, (roles, ids, role) => {
          const removable = [...new Set(ids)].filter((id) => roleOn(roles, id) !== undefined)
          expect(deploymentsOf(giveRole(roles, ids, role).changes)).to.deep.equal([...new Set(ids)])
          expect(deploymentsOf(takeRole(roles, ids).changes)).to.deep.equal(removable)
        }),
      )
    })

    it('gives the very same list back if and only if it reports nothing but `unchanged`', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, edit, (roles, ids, change) => {
          const {changes, roles: after} = change(roles, ids)
          expect(after === roles).to.equal(isUnchanged(changes))
        }),
      )
    })

    it('of several Deployments is what the edits of each make, one after the other', () => {
      fc.assert(
        fc.property(roleList, fc.uniqueArray(deploymentId), edit, (roles, ids, change) => {
          const oneByOne: {roles: readonly TokenRole[]; changes: RoleChange[]} = {roles, changes: []}
          for (const id of ids) {
            const {changes, roles: after} = change(oneByOne.roles, [id])
            oneByOne.roles = after
            oneByOne.changes.push(...changes)
          }

          expect(change(roles, ids)).to.deep.equal(oneByOne)
        }),
      )
    })

    it('does the same when a Deployment is named twice', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, edit, (roles, ids, change) => {
          expect(change(roles, [...ids, ...ids])).to.deep.equal(change(roles, ids))
        }),
      )
    })

    it('leaves roles on DAGs inside the Deployment', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, edit, (roles, ids, change) => {
          const {roles: after} = change(roles, ids)
          for (const id of DEPLOYMENTS) expect(hasDagRole(after, id)).to.equal(hasDagRole(roles, id))
        }),
      )
    })
  })

  describe('giveRole', () => {
    it('gives the role on each Deployment that is named, and on no other', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, roleName, (roles, ids, role) => {
          const {roles: after} = giveRole(roles, ids, role)
          for (const id of DEPLOYMENTS) {
            expect(roleOn(after, id)).to.equal(ids.includes(id) ? role : roleOn(roles, id))
          }
        }),
      )
    })

    it('changes entries in their place, keeps their unknown fields, and puts new ones at the end', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, roleName, (roles, ids, role) => {
          expect(giveRole(roles, ids, role).roles).to.deep.equal(withRole(roles, ids, role))
        }),
      )
    })

    it('changes nothing the second time', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, roleName, (roles, ids, role) => {
          const first = giveRole(roles, ids, role)
          const second = giveRole(first.roles, ids, role)
          expect(second.roles).to.equal(first.roles)
          for (const change of second.changes) {
            expect(change).to.include({action: 'unchanged', role, previousRole: role})
          }
        }),
      )
    })

    it('reports `added` without a previous role where there was none', () => {
      fc.assert(
        fc.property(roleList, deploymentId, roleName, (roles, id, role) => {
          const before = roleOn(roles, id)
          const [change] = giveRole(roles, [id], role).changes
          expect(change?.action === 'added').to.equal(before === undefined)
          const previousRole = otherRoleOn(roles, id, role) ?? before
          expect(change).to.include({role, ...(previousRole !== undefined && {previousRole})})
        }),
      )
    })

    it('reports from which role to which', () => {
      expect(giveRole([{entityType: 'DEPLOYMENT', entityId: 'd1', role: 'old'}], ['d1'], 'new').changes).to.deep.equal([
        {deploymentId: 'd1', action: 'updated', role: 'new', previousRole: 'old'},
      ])
    })

    it('makes entries that disagree about one Deployment agree', () => {
      const roles = [
        {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'new'},
        {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'old'},
      ]
      const {roles: after} = giveRole(roles, ['d1'], 'new')
      expect(after.map(({role}) => role)).to.deep.equal(['new', 'new'])
    })
  })

  describe('takeRole', () => {
    it('leaves no role on each Deployment that is named, and every role on the others', () => {
      fc.assert(
        fc.property(roleList, deploymentIds, (roles, ids) => {
          const {roles: after} = takeRole(roles, ids)
          for (const id of DEPLOYMENTS) {
            expect(roleOn(after, id)).to.equal(ids.includes(id) ? undefined : roleOn(roles, id))
          }
        }),
      )
    })

    it('undoes giveRole on a Deployment that had no role', () => {
      fc.assert(
        fc.property(roleList, deploymentId, roleName, (roles, id, role) => {
          fc.pre(roleOn(roles, id) === undefined)
          const {roles: after} = takeRole(giveRole(roles, [id], role).roles, [id])
          expect(after).to.have.ordered.members([...roles])
        }),
      )
    })

    it('reports the role that was removed, and nothing for a Deployment without one', () => {
      const roles = [
        {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'Deploy Reader'},
        {entityType: 'DAG', entityId: 'load', deploymentId: 'd2', role: 'DAG_VIEWER'},
      ]
      expect(takeRole(roles, ['d2', 'd1']).changes).to.deep.equal([
        {deploymentId: 'd1', action: 'removed', previousRole: 'Deploy Reader'},
      ])
    })
  })

  describe('comparing role sets', () => {
    it('ignores order, and notices any other role', () => {
      fc.assert(
        fc.property(roleList, roleName, (roles, role) => {
          const extra = {entityType: 'DEPLOYMENT', entityId: 'another', role}
          expect(isSameRoleSet(roles, roles.toReversed())).to.equal(true)
          expect(isSameRoleSet(roles, [...roles, extra])).to.equal(false)
          expect(isSameRoleSet([...roles, {...extra, role: `${role}!`}], [...roles, extra])).to.equal(false)
        }),
      )
    })
  })
})

/** What giving a role comes to: changed entries in their place, then the new ones in the order of the Deployments. */
function withRole(roles: readonly TokenRole[], ids: readonly string[], role: string): TokenRole[] {
  const changed = roles.map((each) => (isOn(each, ids) ? {...each, role} : each))
  const added = [...new Set(ids)]
    .filter((id) => roleOn(roles, id) === undefined)
    .map((entityId) => ({entityType: 'DEPLOYMENT', entityId, role}))
  return [...changed, ...added]
}

function deploymentsOf(changes: readonly RoleChange[]): string[] {
  return changes.map((change) => change.deploymentId)
}

function isUnchanged(changes: readonly RoleChange[]): boolean {
  return changes.every(({action}) => action === 'unchanged')
}

function notNamed(roles: readonly TokenRole[], ids: readonly string[]): readonly TokenRole[] {
  return roles.filter((each) => !isOn(each, ids))
}

function isOn({entityId, entityType}: TokenRole, ids: readonly string[]): boolean {
  return entityType === 'DEPLOYMENT' && ids.includes(entityId)
}

/** The first role on the Deployment that is another one than this; entries of one Deployment may disagree. */
function otherRoleOn(roles: readonly TokenRole[], deploymentId: string, role: string): string | undefined {
  const entries = roles.filter((entry) => entry.entityType === 'DEPLOYMENT' && entry.entityId === deploymentId)
  return entries.find((entry) => entry.role !== role)?.role
}
