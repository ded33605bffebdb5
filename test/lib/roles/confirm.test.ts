import {expect} from 'chai'

import {type SubjectRoles, type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {type RoleChange} from '../../../src/lib/roles/arithmetic.js'
import {confirmedRoles, hasRolesOf, showsChanges} from '../../../src/lib/roles/confirm.js'
import {ACCESSOR, ADMIN, DAG, MEMBER, OTHER, READER} from './world.js'

const WORKSPACE = {entityType: 'WORKSPACE', entityId: 'w1', role: 'WORKSPACE_MEMBER'}
const TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd1', role: 'DAG_AUTHOR'}
const NEW_KIND = {entityType: 'CLUSTER', entityId: 'c1', role: 'CLUSTER_USER'}
const SENT = [MEMBER, WORKSPACE, ADMIN, OTHER, DAG, TAG, NEW_KIND]

const onD1 = {deploymentId: 'd1', role: 'DEPLOYMENT_ADMIN'}
const onD2 = {deploymentId: 'd2', role: 'Deploy Reader'}
const accessor = (deploymentId: string) => ({deploymentId, role: 'DEPLOYMENT_ACCESSOR'})
const onDag = {deploymentId: 'd1', dagId: 'load', role: 'DAG_VIEWER'}
const onTag = {deploymentId: 'd1', dagTag: 'finance', role: 'DAG_AUTHOR'}
const workspaceRoles = [{workspaceId: 'w1', role: 'WORKSPACE_MEMBER'}]
const WHOLE: SubjectRoles = {
  organizationRole: 'ORGANIZATION_MEMBER',
  workspaceRoles,
  deploymentRoles: [onD1, onD2],
  dagRoles: [onDag, onTag],
}

const removed = (previousRole: string): RoleChange => ({action: 'removed', deploymentId: 'd1', previousRole})
const added: RoleChange = {action: 'added', deploymentId: 'd1', role: 'DEPLOYMENT_ADMIN'}

interface Case {
  readonly response: SubjectRoles | undefined
  readonly sent?: readonly TokenRole[]
  readonly changes?: readonly RoleChange[]
}

const CONFIRMING: Readonly<Record<string, Case>> = {
  'all roles': {response: WHOLE},
  'a WORKSPACE_ACCESSOR that Astro added': {
    response: {...WHOLE, workspaceRoles: [...workspaceRoles, {workspaceId: 'w9', role: 'WORKSPACE_ACCESSOR'}]},
  },
  'a DEPLOYMENT_ACCESSOR that Astro added for roles on DAGs': {
    response: {dagRoles: [onDag], deploymentRoles: [accessor('d1')]},
    sent: [DAG],
    changes: [removed('Deploy Reader')],
  },
}

const DIFFERENT: Readonly<Record<string, Case>> = {
  'no roles of any kind': {response: {deploymentRoles: []}, sent: [NEW_KIND]},
  'null as all Deployment roles': {response: {deploymentRoles: null}, sent: [MEMBER]},
  'no Deployment roles': {response: {...WHOLE, deploymentRoles: null}},
  'a missing Deployment role': {response: {...WHOLE, deploymentRoles: [onD1]}},
  'a DAG role in another Deployment': {response: {...WHOLE, dagRoles: [{...onDag, deploymentId: 'd2'}, onTag]}},
  'a DEPLOYMENT_ACCESSOR where no role on a DAG was sent': {
    response: {...WHOLE, deploymentRoles: [onD1, onD2, accessor('d3')]},
  },
  'a second role on a Deployment with roles on DAGs': {
    response: {...WHOLE, deploymentRoles: [onD1, onD2, {...onD2, deploymentId: 'd1'}]},
  },
}

describe('confirming a write', () => {
  describe('the response', () => {
    for (const [title, {changes = [], response, sent = SENT}] of Object.entries(CONFIRMING)) {
      it(`confirms it with ${title}`, () => {
        const roles = confirmedRoles(response, sent, changes)
        expect(roles && hasRolesOf(roles, sent)).to.equal(true)
      })
    }

    for (const [title, {changes = [], response, sent = SENT}] of Object.entries(DIFFERENT)) {
      it(`does not confirm it with ${title}`, () => {
        expect(confirmedRoles(response, sent, changes)).to.equal(undefined)
      })
    }

    it('shows the roles that the token has, and those that it does not mention as they were sent', () => {
      const response = {dagRoles: [onDag], deploymentRoles: [accessor('d1')]}
      expect(confirmedRoles(response, [MEMBER, DAG], [removed('Deploy Reader')])).to.deep.equal([ACCESSOR, DAG, MEMBER])
    })
  })

  describe('the roles of a later read', () => {
    const accessorGone = removed('DEPLOYMENT_ACCESSOR')
    const cases: readonly {title: string; roles: readonly TokenRole[]; changes: RoleChange[]; expected: boolean}[] = [
      {title: 'the role', roles: [ADMIN], changes: [added], expected: true},
      {title: 'two roles', roles: [ADMIN, READER], changes: [added], expected: false},
      {title: 'no role after a removal', roles: [OTHER, DAG], changes: [removed('x')], expected: true},
      {title: 'another role after a removal', roles: [ADMIN, DAG], changes: [removed('x')], expected: false},
      {title: "Astro's accessor after a removal", roles: [ACCESSOR, DAG], changes: [removed('x')], expected: true},
      {title: 'an accessor without DAGs after a removal', roles: [ACCESSOR], changes: [removed('x')], expected: false},
      {
        title: 'the accessor itself, which was removed',
        roles: [ACCESSOR, DAG],
        changes: [accessorGone],
        expected: false,
      },
    ]
    for (const {changes, expected, roles, title} of cases) {
      it(`${expected ? 'show' : 'do not show'} the change with ${title}`, () => {
        expect(showsChanges(roles, changes)).to.equal(expected)
      })
    }
  })
})
