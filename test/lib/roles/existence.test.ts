import {expect} from 'chai'

import {AstroError, type ErrorKind} from '../../../src/lib/errors.js'
import {
  assignableRoles,
  deploymentNotFound,
  explainRefusal,
  requireDeployments,
  requireRole,
} from '../../../src/lib/roles/existence.js'
import {fakeAstroApi} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {rejectWith} from './organization.js'

const deployments = [
  {id: 'clprod1', name: 'production', workspaceId: 'w1'},
  {id: 'cltest1', name: 'testing', workspaceId: 'w2'},
]
const roles = ['Deploy Writer', 'DEPLOYMENT_ADMIN', 'Deploy Reader'].map((name) => ({name, scopeType: 'DEPLOYMENT'}))
const REFUSED = {status: 400, requestId: 'req-1'}
const refusal = (kind: ErrorKind = 'invalid_request') => new AstroError(kind, 'The Astro API returned: no.', REFUSED)
const forbidden = rejectWith(new AstroError('forbidden', 'No.'))
const ROLES = 'Deployment roles: DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer'
const LIST = 'List the Deployments with the Astro CLI: astro deployment list --all'

/** Finds the reason why the API refused a role on Deployments. */
const explain = async (role: string, deploymentIds = ['clprod1', 'cltest1'], kind?: ErrorKind) => {
  const api = fakeAstroApi({deployments, roles})
  const reason = await explainRefusal(api, refusal(kind), {deploymentIds, role})
  return {api, reason}
}

const restricted = (name: string, ...restrictedWorkspaceIds: string[]) => ({
  name,
  scopeType: 'DEPLOYMENT',
  restrictedWorkspaceIds,
})

describe('what exists', () => {
  describe('the reason for a refusal', () => {
    const byCloseness = ['Deploy Reader', 'Deploy Writer', 'DEPLOYMENT_ADMIN'].map((name) => ({name}))
    for (const [role, hint] of [
      ['Deploy Raeder', `Did you mean "Deploy Reader"? ${ROLES}`],
      ['deploy reader', `Did you mean "Deploy Reader"? ${ROLES}`],
      ['xyz', ROLES],
    ] as const) {
      it(`is that no role is named ${role}`, async () => {
        const {reason} = await explain(role)

        const {candidates = [], ...details} = reason.details
        expect(reason).to.include({
          kind: 'not_found',
          message: `No Deployment role is named "${role}". The Astro API returned: no.`,
        })
        expect(details).to.deep.equal({...REFUSED, hint})
        expect(candidates).to.have.deep.members(byCloseness)
        if (role !== 'xyz') expect(candidates[0]).to.deep.equal({name: 'Deploy Reader'})
      })
    }

    it('is that some Deployments do not exist', async () => {
      const {reason} = await explain('Deploy Reader', ['clprod2', 'cltest1', 'other'])

      expect(reason).to.include({kind: 'not_found', message: 'No Deployment has the ID clprod2, other.'})
      expect(reason.details).to.deep.equal({
        ...REFUSED,
        candidates: [{id: 'clprod1', name: 'production'}],
        hint: 'Did you mean clprod1 (production)?',
      })
    })

    it('is the refusal itself if role and Deployments exist', async () => {
      expect((await explain('Deploy Reader')).reason).to.deep.equal(refusal())
    })

    it('is searched without a list of roles for DEPLOYMENT_ADMIN, which always exists', async () => {
      const {api} = await explain('DEPLOYMENT_ADMIN', ['clprod1'])

      expect(api.calls).to.deep.equal([['listDeployments', {deploymentIds: ['clprod1']}]])
    })

    it('is the refusal itself if the search fails', async () => {
      const api = fakeAstroApi({listDeploymentRoles: forbidden})

      expect((await explainRefusal(api, refusal(), {deploymentIds: [], role: 'x'})).kind).to.equal('invalid_request')
    })

    for (const kind of [
      'api',
      'conflict',
      'forbidden',
      'network',
      'rate_limited',
      'timeout',
      'unauthenticated',
    ] as const) {
      it(`is not searched after ${kind}`, async () => {
        const {api, reason} = await explain('x', ['d1'], kind)

        expect(reason.kind).to.equal(kind)
        expect(api.calls).to.deep.equal([])
      })
    }
  })

  describe('Deployments', () => {
    for (const [count, filter] of [
      [100, ['deploymentIds']],
      [101, []],
    ] as const) {
      it(`are checked by a list ${count === 100 ? 'of 100 IDs' : 'of all, if more IDs would make the URL too long'}`, async () => {
        const many = Array.from({length: count}, (_, index) => ({id: `cl${index}`, name: `n${index}`}))
        const ids = many.map(({id}) => id)
        const api = fakeAstroApi({deployments: many})

        await requireDeployments(api, ids)

        expect(api.calls).to.deep.equal([['listDeployments', Object.fromEntries(filter.map((name) => [name, ids]))]])
      })
    }

    const similar = ['production-a', 'production-b'].map((name, index) => ({id: `cl${index}`, name}))
    for (const [title, wanted, api, candidates, hint] of [
      ['by ID or name', 'production', {deployments}, [deployments[0]], 'Did you mean clprod1 (production)?'],
      [
        'one or the other',
        'production-c',
        {deployments: similar},
        similar,
        'Did you mean cl0 (production-a) or cl1 (production-b)?',
      ],
      ['only if one is close', 'zzzzzzzzzzzz', {deployments}, [], LIST],
      ['only if they can be listed', 'production', {listDeployments: forbidden}, [], LIST],
    ] as const) {
      it(`that do not exist lead to a suggestion, ${title}`, async () => {
        const error = await deploymentNotFound(fakeAstroApi(api), [wanted])

        expect(error).to.include({kind: 'not_found', message: `No Deployment has the ID ${wanted}.`})
        expect(error.details).to.deep.equal({
          candidates: candidates.map((each) => ({id: each?.id, name: each?.name})),
          hint,
        })
      })
    }
  })

  describe('roles', () => {
    const mixed = [...roles, restricted('Everywhere'), restricted('W1', 'w1'), restricted('Both', 'w1', 'w2')]
    const names = async (list: typeof mixed, deploymentIds: readonly string[]) => {
      const api = fakeAstroApi({deployments, listDeployments: async () => [...deployments, {id: 'x', name: 'x'}]})
      const assignable = await assignableRoles(api, list, deploymentIds)
      return {names: assignable.slice(roles.length).map(({name}) => name), lists: api.calls.length}
    }

    it('are assignable if they are not restricted to other Workspaces', async () => {
      expect(await names(mixed, ['clprod1'])).to.deep.equal({names: ['Everywhere', 'W1', 'Both'], lists: 1})
      expect(await names(mixed, ['clprod1', 'cltest1'])).to.deep.equal({names: ['Everywhere', 'Both'], lists: 1})
      expect(await names(mixed, ['x'])).to.deep.equal({names: ['Everywhere'], lists: 1})
    })

    it('are assignable without a list of Deployments if none is restricted', async () => {
      expect(await names(mixed.slice(0, 4), ['clprod1'])).to.deep.equal({names: ['Everywhere'], lists: 0})
    })

    it('that do not exist lead to a suggestion of those that can be assigned', async () => {
      const failure = await failureOf(async () =>
        requireRole(fakeAstroApi({deployments, roles: mixed}), {deploymentIds: ['cltest1'], role: 'W2'}),
      )

      expect(failure.message).to.equal('No Deployment role is named "W2".')
      expect(failure.details.hint).to.equal(
        'Deployment roles: Both, DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer, Everywhere',
      )
    })
  })
})
