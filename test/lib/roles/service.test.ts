import {expect} from 'chai'

import {failureOf} from '../support.js'
import {
  ADMIN,
  type Command,
  DAG,
  MEMBER,
  OTHER,
  roleOnDeployment,
  type Roles,
  runScript,
  type Script,
  serviceFor,
  worldWith,
} from './world.js'

const DAG_TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd2', role: 'DAG_AUTHOR'}
const OTHERS = [MEMBER, roleOnDeployment('d9', 'Deploy Reader'), DAG, DAG_TAG]

interface Failure extends Script {
  readonly before: Roles
  readonly commands?: readonly Command[]
  readonly ends: string
  readonly hint?: string
}

const EITHER: readonly Command[] = ['update', 'remove']

const FAILURES: readonly Failure[] = [
  {
    commands: ['update'],
    before: [MEMBER],
    role: 'Deploy Reader',
    ends: 'not_found: The token "etl" has no role on Deployment d1.',
    hint: "To give it the role: {{add}} a --role 'Deploy Reader' --deployment-id d1",
  },
  {
    commands: ['remove'],
    before: [MEMBER],
    ends: 'not_found: The token "etl" has no role on Deployment d1.',
    hint: 'See where it has a role: {{list}} --all-deployments',
  },
  {
    before: [MEMBER, DAG, DAG_TAG],
    deploymentIds: ['d1', 'd3', 'd2'],
    ends: 'not_found: The token "etl" has no role on Deployments d1, d3, d2. It only has roles on DAGs in d1, d2.',
  },
  {
    before: [MEMBER, roleOnDeployment('d3', 'DEPLOYMENT_ADMIN')],
    deploymentIds: ['d3', 'd1', 'x1'],
    ends: 'not_found: The token "etl" has no role on Deployments d1, x1. No Deployment has the ID x1.',
  },
  {before: [MEMBER], deploymentIds: ['x1'], ends: 'not_found: No Deployment has the ID x1.'},
  {
    commands: ['add'],
    before: OTHERS,
    deploymentIds: ['d1', 'x1', 'x2'],
    ends: 'not_found: No Deployment has the ID x1, x2.',
  },
  {
    commands: ['add'],
    before: OTHERS,
    role: 'Deploy Raeder',
    ends: 'not_found: No Deployment role is named "Deploy Raeder".',
  },
  {
    commands: ['remove'],
    before: [ADMIN],
    ends: 'conflict: This would remove the last role of the token. A token must keep at least one role.',
    hint: 'To delete the token instead, use the Astro CLI: astro organization token delete a',
  },
]

describe('the scoping service', () => {
  for (const {commands = EITHER, ends, hint, ...given} of FAILURES) {
    it(`fails to ${commands.join(' or ')} without a write, in a dry run too: ${ends}`, async () => {
      for (const command of commands) {
        for (const isDryRun of [false, true]) {
          const ending = await runScript({...given, command, isDryRun})
          expect(ending).to.deep.include({ends, after: given.before, ...(hint !== undefined && {hint})})
          expect(ending.steps.match(/read/g)).to.have.length(1)
        }
      }
    })
  }

  for (const {command, dagRolesStay} of [
    {command: 'add', dagRolesStay: []},
    {command: 'remove', dagRolesStay: ['d2']},
  ] as const) {
    it(`reports in a dry run what ${command} then does in one write`, async () => {
      const before = [OTHER, roleOnDeployment('d3', 'Deploy Reader'), ...OTHERS]
      const {operations, service} = serviceFor(worldWith(before))
      const change = async (isDryRun: boolean) => {
        const target = {tokenId: 'a', deploymentIds: ['d3', 'd2'], isDryRun}
        return command === 'add' ? service.add({...target, role: 'DEPLOYMENT_ADMIN'}) : service.remove(target)
      }

      const preview = await change(true)
      expect(operations()).not.to.include('updateApiTokenRoles')
      const result = await change(false)
      expect(result).to.deep.include({dagRolesStay, isDryRun: false})
      expect(preview).to.deep.equal({...result, isDryRun: true})
    })
  }

  it('checks in a dry run only what it would add', async () => {
    const {operations, requests, service} = serviceFor(worldWith([MEMBER, roleOnDeployment('gone', 'Deploy Reader')]))
    const target = {tokenId: 'a', deploymentIds: ['gone'], role: 'Deploy Reader', isDryRun: true}
    await service.add(target)
    await service.add({...target, deploymentIds: ['gone', 'd1']})
    await service.update({...target, role: 'DEPLOYMENT_ADMIN'})

    expect(operations()).to.deep.equal(['getApiToken', 'getApiToken', 'listRoles', 'listDeployments', 'getApiToken'])
    expect(requests[3]?.query).to.have.property('deploymentIds', 'd1')
  })

  it('reads tokens of a Deployment by ID if the list lacks their roles', async () => {
    const roles = [MEMBER, ADMIN]
    const {operations, service} = serviceFor(worldWith(roles, {withoutRolesInLists: ['a']}))
    expect((await service.list('d1')).map(({role, token}) => [token.id, role])).to.deep.equal([['a', ADMIN.role]])
    expect(operations()).to.deep.equal(['listApiTokens', 'getApiToken'])
  })

  for (const {kind, message, status} of [
    {status: 404, kind: 'not_found', message: 'No Deployment has the ID x1.'},
    {status: 403, kind: 'forbidden', message: 'The Astro API denied the request: Injected fault: 403'},
  ]) {
    it(`cannot list the tokens of a Deployment if the API responds with ${status}`, async () => {
      const {inject, service} = serviceFor(worldWith([MEMBER]))
      inject({action: {kind: 'status', status}})
      expect(await failureOf(async () => service.list('x1'))).to.include({kind, message})
    })
  }
})
