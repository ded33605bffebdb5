import {expect} from 'chai'

import {type RoleTarget, type TokenScoping} from '../../../src/lib/roles/service.js'
import {failureOf} from '../support.js'
import {type Command, DAG, MEMBER, roleOnDeployment, type Roles, serviceFor, worldWith} from './world.js'

const [ADMIN, READER] = ['DEPLOYMENT_ADMIN', 'Deploy Reader']
const DAG_TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd2', role: 'DAG_AUTHOR'}
const OTHERS = [MEMBER, roleOnDeployment('d9', READER), DAG, DAG_TAG]
const SEE_LIST = 'See where it has a role: {{list}} --all-deployments'
const GIVE_IT = "To give it the role: {{add}} a --role 'Deploy Reader' --deployment-id d1"

/** Adds or updates to DEPLOYMENT_ADMIN on d1, or removes the role there, unless the target differs. */
async function change(service: TokenScoping, command: Command, {role = ADMIN, ...target}: Partial<RoleTarget>) {
  const whole = {tokenId: 'a', deploymentIds: ['d1'], ...target}
  return command === 'remove' ? service.remove(whole) : service[command]({...whole, role})
}

/** The error of the service, as `kind: message`, and its hint. */
async function errorOf(work: () => Promise<unknown>) {
  const {details, kind, message} = await failureOf(work)
  return {error: `${kind}: ${message}`, hint: details.hint}
}

describe('the scoping service', () => {
  for (const [command, dagRolesStay] of [
    ['add', []],
    ['remove', ['d2']],
  ] as const) {
    it(`reports in a dry run what ${command} then does in one write`, async () => {
      const before = [roleOnDeployment('d2', READER), roleOnDeployment('d3', READER), ...OTHERS]
      const {operations, service} = serviceFor(worldWith(before))
      const target = {deploymentIds: ['d3', 'd2']}
      const preview = await change(service, command, {...target, isDryRun: true})
      expect(operations()).not.to.include('updateApiTokenRoles')
      const result = await change(service, command, target)
      expect(result).to.deep.include({dagRolesStay, isDryRun: false})
      expect(preview).to.deep.equal({...result, isDryRun: true})
    })
  }

  it('checks in a dry run only what it would add', async () => {
    const {operations, requests, service} = serviceFor(worldWith([MEMBER, roleOnDeployment('gone', READER)]))
    const target = {isDryRun: true, role: READER}
    await change(service, 'add', {...target, deploymentIds: ['gone']})
    await change(service, 'add', {...target, deploymentIds: ['gone', 'd1']})
    await change(service, 'update', {...target, deploymentIds: ['gone'], role: ADMIN})

    expect(operations()).to.deep.equal(['getApiToken', 'getApiToken', 'listRoles', 'listDeployments', 'getApiToken'])
    expect(requests[3]?.query).to.have.property('deploymentIds', 'd1')
  })

  interface Failure {
    readonly commands: readonly Command[]
    readonly before: Roles
    readonly target?: Partial<RoleTarget>
    readonly error: string
    readonly hints?: readonly string[]
  }
  const failures: Readonly<Record<string, Failure>> = {
    'the token has no role on the Deployment': {
      commands: ['update', 'remove'],
      before: [MEMBER],
      target: {role: READER},
      error: 'not_found: The token "etl" has no role on Deployment d1.',
      hints: [GIVE_IT, SEE_LIST],
    },
    'the token only has DAG roles on some of the Deployments': {
      commands: ['update', 'remove'],
      before: [MEMBER, DAG, DAG_TAG],
      target: {deploymentIds: ['d1', 'd3', 'd2']},
      error: 'not_found: The token "etl" has no role on Deployments d1, d3, d2. It only has roles on DAGs in d1, d2.',
    },
    'one of the Deployments does not exist': {
      commands: ['update', 'remove'],
      before: [MEMBER, roleOnDeployment('d3', ADMIN)],
      target: {deploymentIds: ['d3', 'd1', 'x1']},
      error: 'not_found: The token "etl" has no role on Deployments d1, x1. No Deployment has the ID x1.',
    },
    'the Deployment does not exist': {
      commands: ['update', 'remove'],
      before: [MEMBER],
      target: {deploymentIds: ['x1']},
      error: 'not_found: No Deployment has the ID x1.',
    },
    'Deployments to add do not exist': {
      commands: ['add'],
      before: OTHERS,
      target: {deploymentIds: ['d1', 'x1', 'x2']},
      error: 'not_found: No Deployment has the ID x1, x2.',
    },
    'Astro does not know the role': {
      commands: ['add'],
      before: OTHERS,
      target: {role: 'Deploy Raeder'},
      error: 'not_found: No Deployment role is named "Deploy Raeder".',
    },
    'the only roles would be removed': {
      commands: ['remove'],
      before: [roleOnDeployment('d1', ADMIN)],
      error: 'conflict: This would remove the last role of the token. A token must keep at least one role.',
      hints: ['To delete the token instead, use the Astro CLI: astro organization token delete a'],
    },
  }
  for (const [title, {before, commands, error, hints, target}] of Object.entries(failures)) {
    it(`fails to ${commands.join(' or ')} and writes nothing if ${title}, in a dry run too`, async () => {
      for (const isDryRun of [false, true]) {
        for (const [at, command] of commands.entries()) {
          const {operations, service, world} = serviceFor(worldWith(before))
          const failure = await errorOf(async () => change(service, command, {...target, isDryRun}))
          expect(failure).to.deep.equal({error, hint: hints ? hints[at] : failure.hint})
          expect(operations().filter((operation) => operation === 'getApiToken')).to.have.length(1)
          expect(world.tokens[0]?.roles).to.deep.equal(before)
        }
      }
    })
  }

  for (const {error, hint, other, returned} of [
    {other: 'ID', returned: {id: 'b'}, error: 'api: The Astro API returned token b instead of a.', hint: undefined},
    {
      other: 'scope',
      returned: {scope: 'WORKSPACE'},
      error: 'not_found: "etl" (a) is a token of scope WORKSPACE, not an Organization token.',
      hint: 'Manage its roles in the scope where it was created',
    },
  ]) {
    it(`fails if the API returns a token of another ${other}`, async () => {
      const {inject, service} = serviceFor(worldWith(OTHERS))
      inject({operationId: 'getApiToken', action: {kind: 'edit', edit: (body) => ({...body, ...returned})}})
      expect(await errorOf(async () => change(service, 'add', {}))).to.deep.equal({error, hint})
    })
  }

  it('reads tokens of a Deployment by ID if the list lacks their roles', async () => {
    const roles = [MEMBER, roleOnDeployment('d1', ADMIN)]
    const {operations, service} = serviceFor(worldWith(roles, {withoutRolesInLists: ['a']}))
    expect((await service.list('d1')).map(({role, token}) => [token.id, role])).to.deep.equal([['a', ADMIN]])
    expect(operations()).to.deep.equal(['listApiTokens', 'getApiToken'])
  })

  for (const [status, error] of [
    [404, 'not_found: No Deployment has the ID x1.'],
    [403, 'forbidden: The Astro API denied the request: Injected fault: 403'],
  ] as const) {
    it(`cannot list the tokens of a Deployment if the API responds with ${status}`, async () => {
      const {inject, service} = serviceFor(worldWith([MEMBER]))
      inject({action: {kind: 'status', status}})
      expect(await errorOf(async () => service.list('x1'))).to.deep.include({error})
    })
  }
})
