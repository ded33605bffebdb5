import {expect} from 'chai'

import {type Role} from '../../../src/lib/astro-api/responses.js'
import {AstroError, type ErrorKind} from '../../../src/lib/errors.js'
import {assignableRoles, explainRejection, requireDeployments, requireRole} from '../../../src/lib/roles/explain.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {failureOf} from '../support.js'
import {DAG, worldWith} from './world.js'

const DETAILS = {status: 400, requestId: 'req-1', hint: 'Check it'}
const rejection = (kind: ErrorKind = 'invalid_request') => new AstroError(kind, 'The Astro API returned: no.', DETAILS)
const LIST = 'List the Deployments with the Astro CLI: astro deployment list --all'

const role = (name: string, ...restrictedWorkspaceIds: string[]): Role => ({
  name,
  scopeType: 'DEPLOYMENT',
  restrictedWorkspaceIds,
})
const customRoles = [role('Deploy Writer'), role('Deploy Reader')]

/** An Organization with the Deployments production (clprod1, in w1) and testing (cltest1, in w2). */
function organization(roles = customRoles) {
  const world = worldWith([])
  const [template] = world.deployments
  if (!template) throw new Error('The world has no Deployment')
  const deployment = (id: string, name: string, workspaceId: string) => ({...template, id, name, workspaceId})
  const deployments = [deployment('clprod1', 'production', 'w1'), deployment('cltest1', 'testing', 'w2')]
  return openInProcess({...world, customRoles: roles, deployments})
}

function idsFrom(count: number): string[] {
  return Array.from({length: count}, (_, index) => `cl${index}`)
}

/** Finds the reason why the API rejected a role on Deployments. */
async function explain(name?: string, deploymentIds = ['clprod1', 'cltest1'], kind?: ErrorKind) {
  const {api, operations} = organization()
  const roles = [{...DAG, deploymentId: 'clprod1'}]
  const reason = await explainRejection(api, rejection(kind), {tokenId: 'a', deploymentIds, role: name}, roles)
  return {operations: operations(), reason}
}

describe('explaining a rejected write', () => {
  describe('the reason', () => {
    const all = 'DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer'
    const others = 'DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN, Deploy Writer'
    for (const [name, first, hint] of [
      ['Deploy Raeder', 'Deploy Reader', `Did you mean "Deploy Reader"? Other Deployment roles: ${others}`],
      ['xyz', 'Deploy Writer', `Deployment roles: ${all}`],
    ] as const) {
      it(`is that no role is named ${name}, with the request ID and the roles by closeness`, async () => {
        const {reason} = await explain(name)
        const {candidates = [], ...details} = reason.details
        expect(`${reason.kind}: ${reason.message}`).to.equal(`not_found: No Deployment role is named "${name}".`)
        expect(details).to.deep.equal({...DETAILS, hint})
        expect([candidates[0]?.name, candidates.length]).to.deep.equal([first, 4])
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
      const {api, inject} = organization()
      inject({action: {kind: 'status', status: 403}})
      const failed = await explainRejection(api, rejection(), {tokenId: 'a', deploymentIds: [], role: 'x'})
      for (const {details, message} of [(await explain('Deploy Reader')).reason, failed]) {
        expect({details, message}).to.deep.equal({details: DETAILS, message: 'The Astro API returned: no.'})
      }
    })

    it('is only searched after invalid_request and not_found', async () => {
      for (const kind of ['api', 'conflict', 'forbidden', 'network', 'rate_limited', 'timeout'] as const) {
        const {operations, reason} = await explain('x', ['d1'], kind)
        expect([reason.kind, operations.length]).to.deep.equal([kind, 0])
      }
    })

    it('may be, for a removal, that DAG roles need a role on the Deployment', async () => {
      const {reason} = await explain()
      expect(reason).to.include({kind: 'invalid_request', message: 'The Astro API returned: no.'})
      expect(reason.details).to.deep.equal({
        ...DETAILS,
        hint: 'Roles on DAGs may need a role on the Deployment. To keep them: {{update}} a --role DEPLOYMENT_ACCESSOR --deployment-id clprod1',
      })
      expect((await explain(undefined, ['cltest1'])).reason.details).to.deep.equal(DETAILS)
      expect((await explain(undefined, ['clprod1'], 'not_found')).reason.details).to.deep.equal(DETAILS)
    })
  })

  describe('Deployments', () => {
    for (const [title, count, isFiltered] of [
      ['by ID', 100, true],
      ['in the complete list if their IDs would make the URL too long', 101, false],
    ] as const) {
      it(`are found ${title}`, async () => {
        const {api, requests} = organization()
        await failureOf(async () => requireDeployments(api, idsFrom(count)))
        expect(requests[0]?.query.deploymentIds !== undefined).to.equal(isFiltered)
      })
    }

    it('that do not exist lead to no suggestion if the list fails', async () => {
      const {api, inject} = organization()
      inject({skip: 1, action: {kind: 'status', status: 403}})
      expect((await failureOf(async () => requireDeployments(api, ['clprod2']))).details.hint).to.equal(LIST)
    })
  })

  describe('Deployment roles', () => {
    const restricted = [role('Everywhere'), role('W1', 'w1'), role('Both', 'w1', 'w2')]
    for (const [title, roles, deploymentIds, names, requests] of [
      ['in one Workspace', restricted, ['clprod1'], 'Everywhere W1 Both', 1],
      ['in two Workspaces', restricted, ['clprod1', 'cltest1'], 'Everywhere Both', 1],
      [
        'without a list of Deployments if none is restricted',
        customRoles,
        ['clprod1'],
        'Deploy Writer Deploy Reader',
        0,
      ],
    ] as const) {
      it(`are assignable ${title}`, async () => {
        const {api, operations} = organization()
        const assignable = await assignableRoles(api, roles, deploymentIds)
        expect(assignable.map(({name}) => name).join(' ')).to.equal(names)
        expect(operations()).to.have.length(requests)
      })
    }

    it('that do not exist lead to a suggestion of those that can be assigned', async () => {
      const {api} = organization([...customRoles, ...restricted])
      const failure = await failureOf(async () => requireRole(api, 'X2', ['cltest1']))
      expect(failure.details.hint).to.equal(
        'Deployment roles: Both, DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer, Everywhere',
      )
    })
  })
})
