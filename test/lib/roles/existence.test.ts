import {expect} from 'chai'

import {AstroError, type ErrorKind} from '../../../src/lib/errors.js'
import {assignableRoles, explainRefusal, requireDeployments, requireRole} from '../../../src/lib/roles/existence.js'
import {fakeAstroApi} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {rejectWith} from './organization.js'

const deployments = [
  {id: 'clprod1', name: 'production', workspaceId: 'w1'},
  {id: 'cltest1', name: 'testing', workspaceId: 'w2'},
]
const roles = ['Deploy Writer', 'DEPLOYMENT_ADMIN', 'Deploy Reader'].map((name) => ({name, scopeType: 'DEPLOYMENT'}))
const DETAILS = {status: 400, requestId: 'req-1'}
const rejection = (kind: ErrorKind = 'invalid_request') => new AstroError(kind, 'The Astro API returned: no.', DETAILS)
const forbidden = rejectWith(new AstroError('forbidden', 'No.'))
const ROLES = 'Deployment roles: DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer'
const LIST = 'List the Deployments with the Astro CLI: astro deployment list --all'

/** Finds the reason why the API rejected a role on Deployments. */
const explain = async (role: string, deploymentIds = ['clprod1', 'cltest1'], kind?: ErrorKind) => {
  const api = fakeAstroApi({deployments, roles})
  const reason = await explainRefusal(api, rejection(kind), {deploymentIds, role})
  return {api, reason}
}

const restricted = (name: string, ...restrictedWorkspaceIds: string[]) => ({
  name,
  scopeType: 'DEPLOYMENT',
  restrictedWorkspaceIds,
})

describe('what exists', () => {
  describe('the reason for a rejected write', () => {
    for (const [role, first, hint] of [
      ['Deploy Raeder', 'Deploy Reader', `Did you mean "Deploy Reader"? ${ROLES}`],
      ['deploy reader', 'Deploy Reader', `Did you mean "Deploy Reader"? ${ROLES}`],
      ['xyz', 'Deploy Writer', ROLES],
    ] as const) {
      it(`is that no role is named ${role}`, async () => {
        const {reason} = await explain(role)

        const {candidates = [], ...details} = reason.details
        expect(`${reason.kind}: ${reason.message}`).to.equal(
          `not_found: No Deployment role is named "${role}". The Astro API returned: no.`,
        )
        expect(details).to.deep.equal({...DETAILS, hint})
        expect([candidates[0]?.name, candidates.length]).to.deep.equal([first, 3])
      })
    }

    it('is that some Deployments do not exist', async () => {
      const {reason} = await explain('Deploy Reader', ['clprod2', 'cltest1', 'other'])

      expect(reason).to.include({kind: 'not_found', message: 'No Deployment has the ID clprod2, other.'})
      expect(reason.details).to.deep.equal({
        ...DETAILS,
        candidates: [{id: 'clprod1', name: 'production'}],
        hint: 'Did you mean clprod1 (production)?',
      })
    })

    it('is the rejection itself if role and Deployments exist, or if the search fails', async () => {
      const target = {deploymentIds: [], role: 'x'}
      const failed = await explainRefusal(fakeAstroApi({listDeploymentRoles: forbidden}), rejection(), target)

      expect([(await explain('Deploy Reader')).reason, failed]).to.deep.equal([rejection(), rejection()])
    })

    it('is found without a list of roles for DEPLOYMENT_ADMIN, which always exists', async () => {
      const {api} = await explain('DEPLOYMENT_ADMIN', ['clprod1'])

      expect(api.calls).to.deep.equal([['listDeployments', {deploymentIds: ['clprod1']}]])
    })

    it('is only searched after invalid_request and not_found', async () => {
      for (const kind of ['api', 'conflict', 'forbidden', 'network', 'rate_limited', 'timeout'] as const) {
        const {api, reason} = await explain('x', ['d1'], kind)

        expect([reason.kind, api.calls.length]).to.deep.equal([kind, 0])
      }
    })
  })

  describe('Deployments', () => {
    for (const [title, count, filter] of [
      ['by ID', 100, true],
      ['in the complete list if their IDs would make the URL too long', 101, false],
    ] as const) {
      it(`are found ${title}`, async () => {
        const deploymentIds = Array.from({length: count}, (_, index) => `cl${index}`)
        const api = fakeAstroApi({deployments: deploymentIds.map((id) => ({id, name: id}))})

        await requireDeployments(api, deploymentIds)

        expect(api.calls).to.deep.equal([['listDeployments', filter ? {deploymentIds} : {}]])
      })
    }

    const similar = ['production-a', 'production-b'].map((name, index) => ({id: `cl${index}`, name}))
    for (const [title, wanted, existing, hint] of [
      ['two', 'production-c', similar, 'Did you mean cl0 (production-a) or cl1 (production-b)?'],
      ['no', 'zzzzzzzzzzzz', similar, LIST],
    ] as const) {
      it(`that do not exist lead to ${title} suggestions`, async () => {
        const failure = await failureOf(async () => requireDeployments(fakeAstroApi({deployments: existing}), [wanted]))

        expect(failure.details.hint).to.equal(hint)
      })
    }
  })

  describe('Deployment roles', () => {
    const mixed = [...roles, restricted('Everywhere'), restricted('W1', 'w1'), restricted('Both', 'w1', 'w2')]
    for (const [title, list, deploymentIds, expected, lists] of [
      ['in one Workspace', mixed, ['clprod1'], ['Everywhere', 'W1', 'Both'], 1],
      ['in two Workspaces', mixed, ['clprod1', 'cltest1'], ['Everywhere', 'Both'], 1],
      ['in an unknown Workspace', mixed, ['x'], ['Everywhere'], 1],
      ['without a list of Deployments if none is restricted', mixed.slice(0, 4), ['clprod1'], ['Everywhere'], 0],
    ] as const) {
      it(`are assignable ${title}`, async () => {
        const api = fakeAstroApi({listDeployments: async () => [...deployments, {id: 'x', name: 'x'}]})

        const assignable = await assignableRoles(api, list, deploymentIds)

        expect(assignable.slice(roles.length).map(({name}) => name)).to.deep.equal(expected)
        expect(api.calls).to.have.length(lists)
      })
    }

    it('that do not exist lead to a suggestion of those that can be assigned', async () => {
      const api = fakeAstroApi({deployments, roles: mixed})

      const failure = await failureOf(async () => requireRole(api, {deploymentIds: ['cltest1'], role: 'W2'}))

      expect(failure.details.hint).to.equal(
        'Deployment roles: Both, DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer, Everywhere',
      )
    })
  })
})
