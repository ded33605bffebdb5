import {expect} from 'chai'

import {type Role} from '../../../src/lib/astro-api/responses.js'
import {AstroError, type ErrorKind} from '../../../src/lib/errors.js'
import {assignableRoles, explainRejection, requireDeployments, requireRole} from '../../../src/lib/roles/explain.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {failureOf} from '../support.js'
import {ACCESSOR, DAG, type Roles, worldWith} from './world.js'

const DETAILS = {status: 400, requestId: 'req-1', hint: 'Check it'}
const KEEP_THEM =
  'Roles on DAGs may need a role on the Deployment. To keep them: {{update}} a --role DEPLOYMENT_ACCESSOR --deployment-id d1'

const custom = (name: string, ...restrictedWorkspaceIds: string[]): Role => ({
  name,
  scopeType: 'DEPLOYMENT',
  restrictedWorkspaceIds,
})

/** Explains why the API rejected a role on Deployments, or a removal. */
async function explain(kind: ErrorKind, deploymentIds: readonly string[], role?: string, roles: Roles = [DAG]) {
  const {api, operations} = openInProcess(worldWith([]))
  const rejection = new AstroError(kind, 'No.', DETAILS)
  const reason = await explainRejection(api, rejection, {tokenId: 'a', deploymentIds, role}, roles)
  return {kind: reason.kind, message: reason.message, details: reason.details, requests: operations().length}
}

describe('explaining an error', () => {
  it('looks for the reason of a rejected write only after invalid_request and not_found', async () => {
    for (const kind of ['api', 'conflict', 'forbidden', 'network', 'rate_limited', 'timeout'] as const) {
      expect(await explain(kind, ['x1'], 'x')).to.include({kind, requests: 0})
    }

    for (const kind of ['invalid_request', 'not_found'] as const) {
      const {details, ...found} = await explain(kind, ['x1'])
      expect(found).to.include({kind: 'not_found', message: 'No Deployment has the ID x1.'})
      expect(details.requestId).to.equal('req-1')
    }
  })

  it('keeps a rejection if the search for the reason fails', async () => {
    const {api, inject} = openInProcess(worldWith([]))
    inject({action: {kind: 'status', status: 403}})
    const rejection = new AstroError('invalid_request', 'No.', DETAILS)
    expect(await explainRejection(api, rejection, {tokenId: 'a', deploymentIds: [], role: 'x'})).to.equal(rejection)
  })

  it('hints that DAG roles need a role on the Deployment if that was to be removed', async () => {
    const removal = await explain('invalid_request', ['d1', 'd2'])
    expect(removal).to.deep.include({message: 'No.', details: {...DETAILS, hint: KEEP_THEM}})
    const others: readonly Parameters<typeof explain>[] = [
      ['not_found', ['d1']],
      ['invalid_request', ['d2']],
      ['invalid_request', ['d1'], 'Deploy Reader'],
      ['invalid_request', ['d1'], undefined, [DAG, ACCESSOR]],
    ]
    for (const other of others) expect(await explain(...other)).to.deep.include({message: 'No.', details: DETAILS})
  })

  it('searches Deployments by ID, or in the complete list if more than 100 IDs would make the URL too long', async () => {
    for (const count of [100, 101]) {
      const {api, requests} = openInProcess(worldWith([]))
      await failureOf(async () => requireDeployments(api, Array.from<string>({length: count}).fill('x1')))
      expect('deploymentIds' in (requests[0]?.query ?? {})).to.equal(count === 100)
    }
  })

  it('suggests the flag for a Deployment name, or the list if none is similar or the search fails', async () => {
    const see = 'List the Deployments with the Astro CLI: astro deployment list --all'
    for (const [id, status, hint] of [
      ['name-of-d2', 200, 'To use its name: {{this}} --deployment-name name-of-d2'],
      ['zzzzzzzzzz', 200, see],
      ['name-of-d2', 403, see],
    ] as const) {
      const {api, inject} = openInProcess(worldWith([]))
      if (status === 403) inject({skip: 1, action: {kind: 'status', status}})
      expect((await failureOf(async () => requireDeployments(api, [id]))).details.hint).to.equal(hint)
    }
  })

  const writer = custom('Deploy Writer')
  const restricted = [custom('Everywhere'), custom('W1', 'w1'), custom('Both', 'w1', 'w2')]
  for (const [title, roles, deploymentIds, names, requests] of [
    ['in one Workspace', restricted, ['d1', 'd2'], 'Everywhere W1 Both', 1],
    ['in two Workspaces', restricted, ['d1', 'd3'], 'Everywhere Both', 1],
    ['without a list of Deployments if none is restricted', [writer], ['d1'], 'Deploy Writer', 0],
  ] as const) {
    it(`finds the roles that can be assigned ${title}`, async () => {
      const {api, operations} = openInProcess(worldWith([]))
      const assignable = await assignableRoles(api, roles, deploymentIds)
      expect(assignable.map(({name}) => name).join(' ')).to.equal(names)
      expect(operations()).to.have.length(requests)
    })
  }

  it('lists the roles that can be assigned if none has a similar name', async () => {
    const {api} = openInProcess(worldWith([], {customRoles: [writer, ...restricted]}))
    const {details} = await failureOf(async () => requireRole(api, 'X2', ['d3']))
    const hint = 'Deployment roles: Both, DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN, Deploy Writer, Everywhere'
    expect(details.hint).to.equal(hint)
  })
})
