import {expect} from 'chai'

import {ORGANIZATION_TOKENS, readTokenOfScope} from '../../../src/lib/roles/scope.js'
import {selectTarget, type TargetRequest} from '../../../src/lib/selection/select-target.js'
import {fakeAstroApi} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {DEPLOYMENTS, FAILURES, offers, SELECTED, TOKENS} from './select-target-table.js'

/** Selects the target, with IDs and no Workspace unless given; prompts take the last of what they offer. */
async function select(request: Partial<TargetRequest>, deployments = DEPLOYMENTS, calls: unknown[] = []) {
  const api = fakeAstroApi({
    deployments,
    tokens: TOKENS,
    listDeployments: async ({workspaceIds} = {}) =>
      deployments.filter(({workspaceId}) => workspaceIds?.includes(workspaceId) ?? true),
  })
  const target = await selectTarget(api, ORGANIZATION_TOKENS, {
    token: {id: 'a'},
    deployments: 'all',
    workspaceId: undefined,
    loginWorkspaceId: undefined,
    needsRole: false,
    readToken: async (id) => readTokenOfScope(api, ORGANIZATION_TOKENS, id),
    ...request,
  })
  calls.push(...api.calls)
  return {...target, deploymentNames: [...target.deploymentNames.values()].join(' ')}
}

describe('selectTarget', () => {
  beforeEach(() => {
    offers.length = 0
  })

  for (const [title, request, [tokenId, deploymentIds, deploymentNames = ''], offered = []] of SELECTED) {
    it(title, async () => {
      expect(await select(request)).to.deep.equal({tokenId, deploymentIds: deploymentIds.split(' '), deploymentNames})
      expect(offers).to.deep.equal(offered)
    })
  }

  it('sends no more requests than it needs', async () => {
    const calls: unknown[] = []
    await select({deployments: {ids: ['d9']}}, DEPLOYMENTS, calls)
    await select({deployments: {ids: ['d2']}, token: {name: 'first'}}, DEPLOYMENTS, calls)
    await select({deployments: {ids: ['d3', 'd1']}, needsRole: true, token: {name: 'etl'}}, DEPLOYMENTS, calls)
    expect(calls).to.deep.equal([
      ['listTokens', {includeOnlyOrganizationTokens: true}],
      ['listTokens', {deploymentId: 'd3'}],
    ])
  })

  for (const [request, message, hint] of FAILURES) {
    it(`fails: ${message}`, async () => {
      expect(await failureOf(async () => select({needsRole: true, ...request}))).to.deep.include({
        kind: 'not_found',
        message,
        details: {hint},
      })
    })
  }

  it('fails in an Organization without Deployments', async () => {
    expect(await failureOf(async () => select({}, []))).to.have.property(
      'message',
      'There are no Deployments in this Organization.',
    )
  })
})
