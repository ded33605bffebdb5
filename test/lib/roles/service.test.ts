import {expect} from 'chai'

import {type AstroApi} from '../../../src/lib/astro-api/operations.js'
import {AstroError} from '../../../src/lib/errors.js'
import {createTokenScoping, type RoleTarget, type TokenScoping} from '../../../src/lib/roles/service.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {serviceOptions} from '../service-options.js'
import {failureOf} from '../support.js'
import {type Command, DAG, MEMBER, roleOnDeployment, type Roles, serviceFor, tokenOf, worldWith} from './world.js'

const [ADMIN, READER] = ['DEPLOYMENT_ADMIN', 'Deploy Reader']
const DAG_TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd2', role: 'DAG_AUTHOR'}
/** Entries that no command names, with fields that this program does not know. */
const OTHERS = [MEMBER, {...roleOnDeployment('d9', READER), grantedBy: {via: ['team', null]}}, DAG, DAG_TAG]
const SEE_TOKENS = 'List the Organization tokens with the Astro CLI: astro organization token list'
const SEE_LIST = 'See where it has a role: {{list}} --all-deployments'
const GIVE_IT = "To give it the role: {{add}} a --role 'Deploy Reader'"

/** Adds or updates to DEPLOYMENT_ADMIN on d1, or removes the role there, unless the target differs. */
async function change(service: TokenScoping, command: Command, target: Partial<RoleTarget>) {
  const {role = ADMIN, ...rest} = target
  const whole = {tokenId: 'a', deploymentIds: ['d1'], ...rest}
  return command === 'remove' ? service.remove(whole) : service[command]({...whole, role})
}

/** The service on an API that returns the token `a` with these changes for every ID. */
function returning(more: object): TokenScoping {
  const {api} = openInProcess(worldWith(OTHERS))
  const getToken: AstroApi['getToken'] = async (id) => ({...(await api.getToken(id)), ...more})
  return createTokenScoping({...api, getToken}, serviceOptions())
}

async function refuse(): Promise<never> {
  throw new AstroError('forbidden', 'No.')
}

async function listed(service: TokenScoping, deploymentId: string) {
  return (await service.list(deploymentId)).map(({role, token}) => [token.id, role])
}

describe('the scoping service', () => {
  describe('a change of roles', () => {
    interface Case {
      readonly command: Command
      readonly before: Roles
      readonly target?: Partial<RoleTarget>
      readonly changes: readonly object[]
      readonly after?: Roles
      readonly dagRolesStay?: readonly string[]
    }
    const changes: Readonly<Record<string, Case>> = {
      'adds a role after all others': {
        command: 'add',
        before: OTHERS,
        changes: [{deploymentId: 'd1', action: 'added', role: ADMIN}],
        after: [...OTHERS, roleOnDeployment('d1', ADMIN)],
      },
      'replaces a role in its place, with its unknown fields': {
        command: 'update',
        before: [{...roleOnDeployment('d1', READER), since: 3}, ...OTHERS],
        changes: [{deploymentId: 'd1', action: 'updated', role: ADMIN, previousRole: READER}],
        after: [{...roleOnDeployment('d1', ADMIN), since: 3}, ...OTHERS],
      },
      'changes several Deployments in one write': {
        command: 'add',
        before: [roleOnDeployment('d2', READER), ...OTHERS, roleOnDeployment('d3', ADMIN)],
        target: {deploymentIds: ['d3', 'd2', 'd1']},
        changes: [
          {deploymentId: 'd3', action: 'unchanged', role: ADMIN, previousRole: ADMIN},
          {deploymentId: 'd2', action: 'updated', role: ADMIN, previousRole: READER},
          {deploymentId: 'd1', action: 'added', role: ADMIN},
        ],
        after: [roleOnDeployment('d2', ADMIN), ...OTHERS, roleOnDeployment('d3', ADMIN), roleOnDeployment('d1', ADMIN)],
      },
      'removes roles, and reports the Deployments with DAG roles that stay': {
        command: 'remove',
        before: [
          roleOnDeployment('d3', READER),
          roleOnDeployment('d1', ADMIN),
          ...OTHERS,
          roleOnDeployment('d2', READER),
        ],
        target: {deploymentIds: ['d2', 'd3', 'd1']},
        changes: [
          {deploymentId: 'd2', action: 'removed', previousRole: READER},
          {deploymentId: 'd3', action: 'removed', previousRole: READER},
          {deploymentId: 'd1', action: 'removed', previousRole: ADMIN},
        ],
        after: OTHERS,
        dagRolesStay: ['d2', 'd1'],
      },
    }
    for (const [title, {after, before, command, dagRolesStay = [], target = {}, ...expected}] of Object.entries(
      changes,
    )) {
      it(`${title}, but only reports it in a dry run`, async () => {
        const {operations, requests, service, violations, world} = serviceFor(worldWith(before))

        const preview = await change(service, command, {...target, isDryRun: true})
        expect(operations()).not.to.include('updateApiTokenRoles')
        requests.length = 0
        const {token, ...result} = await change(service, command, target)

        expect(token).to.include({id: 'a', name: 'etl'})
        expect(result).to.deep.equal({...expected, dagRolesStay, isDryRun: false})
        expect(preview).to.deep.include({...expected, dagRolesStay, isDryRun: true})
        expect(operations()).to.deep.equal(['getApiToken', ...(after ? ['updateApiTokenRoles'] : [])])
        expect(world.tokens[0]?.roles).to.deep.equal(after ?? before)
        expect(violations).to.deep.equal([])
      })
    }

    it('sends roles of an unknown kind back as they are', async () => {
      const newKind = {entityType: 'SOMETHING_NEW', entityId: 'd1', role: 'NEW_ROLE', nested: {more: 1}}
      const {service, world} = serviceFor(worldWith([MEMBER, newKind]))
      await change(service, 'add', {})
      expect(world.tokens[0]?.roles).to.deep.equal([MEMBER, newKind, roleOnDeployment('d1', ADMIN)])
    })

    it('reports that Astro left DEPLOYMENT_ACCESSOR', async () => {
      const {service} = serviceFor(worldWith([MEMBER, DAG, roleOnDeployment('d1', READER)], {addsAccessors: true}))
      const result = await change(service, 'remove', {})
      const left = {deploymentId: 'd1', action: 'removed', previousRole: READER, role: 'DEPLOYMENT_ACCESSOR'}
      expect(result).to.deep.include({changes: [left], dagRolesStay: ['d1']})
    })

    it('checks in a dry run only what it would add', async () => {
      const {operations, requests, service} = serviceFor(worldWith([MEMBER, roleOnDeployment('gone', READER)]))
      const target = {isDryRun: true, role: READER}
      await change(service, 'add', {...target, deploymentIds: ['gone']})
      await change(service, 'add', {...target, deploymentIds: ['gone', 'd1']})
      await change(service, 'update', {...target, deploymentIds: ['gone'], role: ADMIN})

      expect(operations()).to.deep.equal(['getApiToken', 'getApiToken', 'listRoles', 'listDeployments', 'getApiToken'])
      expect(requests[3]?.query).to.have.property('deploymentIds', 'd1')
    })

    const [ALL, LATER] = [['add', 'update', 'remove'] as const, ['update', 'remove'] as const]
    const failures: readonly {
      readonly title: string
      readonly commands: readonly Command[]
      readonly before: Roles | undefined
      readonly target?: Partial<RoleTarget>
      readonly message: string
      readonly hints?: readonly string[]
    }[] = [
      {
        title: 'the token does not exist',
        commands: ALL,
        before: OTHERS,
        target: {tokenId: 'b'},
        message: 'not_found: No Organization token has the ID b.',
        hints: [SEE_TOKENS, SEE_TOKENS, SEE_TOKENS],
      },
      {
        title: 'the token has no role on a Deployment',
        commands: LATER,
        before: [MEMBER],
        target: {role: READER},
        message: 'not_found: The token "etl" has no role on Deployment d1.',
        hints: [`${GIVE_IT} --deployment-id d1`, SEE_LIST],
      },
      {
        title: 'the token only has DAG roles on Deployments',
        commands: LATER,
        before: [...OTHERS, roleOnDeployment('d3', ADMIN)],
        target: {deploymentIds: ['d2', 'd3', 'd1'], role: READER},
        message: 'not_found: The token "etl" has no role on Deployments d2, d1. It only has roles on DAGs there.',
        hints: [`${GIVE_IT} --deployment-id d2 --deployment-id d1`, SEE_LIST],
      },
      {
        title: 'the token only has DAG roles on some of the Deployments',
        commands: LATER,
        before: [MEMBER, DAG, DAG_TAG],
        target: {deploymentIds: ['d1', 'd3', 'd2']},
        message:
          'not_found: The token "etl" has no role on Deployments d1, d3, d2. It only has roles on DAGs in d1, d2.',
      },
      {
        title: 'one of the Deployments does not exist',
        commands: LATER,
        before: [MEMBER, roleOnDeployment('d3', ADMIN)],
        target: {deploymentIds: ['d3', 'd1', 'x1']},
        message: 'not_found: The token "etl" has no role on Deployments d1, x1. No Deployment has the ID x1.',
      },
      {
        title: 'the Deployment does not exist',
        commands: LATER,
        before: [MEMBER],
        target: {deploymentIds: ['x1']},
        message: 'not_found: No Deployment has the ID x1.',
      },
      {
        title: 'Deployments to add do not exist',
        commands: ['add'],
        before: OTHERS,
        target: {deploymentIds: ['d1', 'x1', 'x2']},
        message: 'not_found: No Deployment has the ID x1, x2.',
      },
      {
        title: 'Astro does not know the role',
        commands: ['add'],
        before: OTHERS,
        target: {role: 'Deploy Raeder'},
        message: 'not_found: No Deployment role is named "Deploy Raeder".',
      },
      {
        title: 'the only roles would be removed',
        commands: ['remove'],
        before: [roleOnDeployment('d1', ADMIN)],
        message: 'conflict: This would remove the last role of the token. A token must keep at least one role.',
      },
    ]
    for (const {before, commands, hints, message, target, title} of failures) {
      for (const [at, command] of commands.entries()) {
        it(`fails to ${command} and writes nothing if ${title}, in a dry run too`, async () => {
          for (const isDryRun of [false, true]) {
            const {operations, service, world} = serviceFor(worldWith(before))
            const failure = await failureOf(async () => change(service, command, {...target, isDryRun}))
            expect(`${failure.kind}: ${failure.message}`).to.equal(message)
            if (hints) expect(failure.details.hint).to.equal(hints[at])
            expect(operations().filter((operation) => operation === 'getApiToken')).to.have.length(1)
            expect(world.tokens[0]?.roles).to.deep.equal(before)
          }
        })
      }
    }
  })

  describe('a token that is read', () => {
    const message = '"etl" (a) is a token of scope WORKSPACE, not an Organization token.'
    const hint = 'Manage its roles in the scope where it was created'
    for (const {expected, given, title} of [
      {title: 'of another scope', given: {scope: 'WORKSPACE'}, expected: {message, hint}},
      {
        title: 'with another ID',
        given: {id: 'b'},
        expected: {message: 'The Astro API returned token b instead of a.', hint: undefined},
      },
    ]) {
      it(`is an error if the API returns one ${title}`, async () => {
        const {details, message} = await failureOf(async () => change(returning(given), 'add', {isDryRun: true}))
        expect({message, hint: details.hint}).to.deep.equal(expected)
      })
    }
  })

  describe('the tokens of a Deployment', () => {
    const tokens = [
      tokenOf('a', [MEMBER, roleOnDeployment('d3', READER), roleOnDeployment('d1', ADMIN)]),
      tokenOf('b', [MEMBER, DAG]),
      tokenOf('c', [MEMBER, roleOnDeployment('d2', READER)]),
      tokenOf('d', [roleOnDeployment('d1', READER)], {scope: 'WORKSPACE'}),
    ]

    it('are the Organization tokens that the API lists, with their roles on it', async () => {
      const {operations, service} = serviceFor(worldWith([], {tokens}))
      expect(await listed(service, 'd1')).to.deep.equal([
        ['a', ADMIN],
        ['b', undefined],
      ])
      expect(operations()).to.deep.equal(['listApiTokens'])
    })

    it('are read by ID if the list lacks their roles', async () => {
      const {operations, service} = serviceFor(worldWith([], {tokens, withoutRolesInLists: ['a']}))
      expect(await listed(service, 'd1')).to.deep.equal([
        ['a', ADMIN],
        ['b', undefined],
      ])
      expect(operations()).to.deep.equal(['listApiTokens', 'getApiToken'])
    })

    it('are none for a Deployment that exists', async () => {
      const {requests, service} = serviceFor(worldWith([MEMBER]))
      expect(await listed(service, 'd1')).to.deep.equal([])
      expect(requests[1]).to.deep.include({operationId: 'listDeployments'})
      expect(requests[1]?.query).to.have.property('deploymentIds', 'd1')
    })

    for (const {expected, listTokens, title} of [
      {title: 'lists none', listTokens: async () => [], expected: 'not_found: No Deployment has the ID x1.'},
      {title: 'responds with 404', expected: 'not_found: No Deployment has the ID x1.'},
      {title: 'responds with 403', listTokens: refuse, expected: 'forbidden: No.'},
    ]) {
      it(`are an error for an unknown Deployment if the API ${title}`, async () => {
        const {api} = openInProcess(worldWith([MEMBER]))
        const service = createTokenScoping({...api, ...(listTokens && {listTokens})}, serviceOptions())
        const {kind, message} = await failureOf(async () => service.list('x1'))
        expect(`${kind}: ${message}`).to.equal(expected)
      })
    }
  })
})
