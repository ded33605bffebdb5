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
  readonly title: string
  readonly response: SubjectRoles
  readonly sent?: readonly TokenRole[]
  readonly isConfirmed?: boolean
}

const CASES: readonly Case[] = [
  {title: 'all roles', response: WHOLE, isConfirmed: true},
  {
    title: 'a WORKSPACE_ACCESSOR that Astro added',
    response: {...WHOLE, workspaceRoles: [...workspaceRoles, {workspaceId: 'w9', role: 'WORKSPACE_ACCESSOR'}]},
    isConfirmed: true,
  },
  {title: 'no roles of any kind', response: {deploymentRoles: []}, sent: [NEW_KIND]},
  {title: 'null as all Deployment roles', response: {deploymentRoles: null}, sent: [MEMBER]},
  {title: 'no Deployment roles', response: {...WHOLE, deploymentRoles: null}},
  {title: 'a missing Deployment role', response: {...WHOLE, deploymentRoles: [onD1]}},
  {title: 'a DAG role in another Deployment', response: {...WHOLE, dagRoles: [{...onDag, deploymentId: 'd2'}, onTag]}},
  {
    title: 'a DEPLOYMENT_ACCESSOR where no role on a DAG was sent',
    response: {...WHOLE, deploymentRoles: [onD1, onD2, accessor('d3')]},
  },
  {
    title: 'a second role on a Deployment with roles on DAGs',
    response: {...WHOLE, deploymentRoles: [onD1, onD2, {...onD2, deploymentId: 'd1'}]},
  },
]

describe('confirming a write', () => {
  for (const {isConfirmed = false, response, sent = SENT, title} of CASES) {
    it(`is ${isConfirmed ? '' : 'not '}confirmed by a response with ${title}`, () => {
      const roles = confirmedRoles(response, sent, [])
      expect(roles && hasRolesOf(roles, sent)).to.equal(isConfirmed || undefined)
    })
  }

  it('shows the roles that the token has, and those that the response does not mention as they were sent', () => {
    const response = {dagRoles: [onDag], deploymentRoles: [accessor('d1')]}
    expect(confirmedRoles(response, [MEMBER, DAG], [removed('Deploy Reader')])).to.deep.equal([ACCESSOR, DAG, MEMBER])
  })

  const [given, taken] = [[added], [removed('x')]]
  for (const {changes, roles, shows = false, title} of [
    {title: 'the role', changes: given, roles: [ADMIN], shows: true},
    {title: "the role beside Astro's accessor", changes: given, roles: [ACCESSOR, ADMIN, DAG], shows: true},
    {title: 'the role beside an accessor without DAGs', changes: given, roles: [ACCESSOR, ADMIN]},
    {title: 'two roles', changes: given, roles: [ADMIN, READER]},
    {title: 'no role after a removal', changes: taken, roles: [OTHER, DAG], shows: true},
    {title: 'another role after a removal', changes: taken, roles: [ADMIN, DAG]},
    {title: "Astro's accessor after a removal", changes: taken, roles: [ACCESSOR, DAG], shows: true},
    {title: 'an accessor without DAGs after a removal', changes: taken, roles: [ACCESSOR]},
    {title: 'the accessor after its removal', changes: [removed('DEPLOYMENT_ACCESSOR')], roles: [ACCESSOR, DAG]},
  ]) {
    it(`${shows ? 'finds' : 'does not find'} the change in a later read with ${title}`, () => {
      expect(showsChanges(roles, changes)).to.equal(shows)
    })
  }
})
