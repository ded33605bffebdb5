import {expect} from 'chai'

import {type Deployment} from '../../../src/lib/astro-api/answers.js'
import {ORGANIZATION_TOKENS, readTokenOfScope} from '../../../src/lib/roles/token-scope.js'
import {
  type PickDeployment,
  selectDeployments,
  selectTarget,
  type TargetRequest,
} from '../../../src/lib/selection/select-target.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'

const deployments = [
  {id: 'd1', name: 'etl', workspaceId: 'w1'},
  {id: 'd2', name: 'etl-2', workspaceId: 'w1'},
  {id: 'd3', name: 'reports', workspaceId: 'w2'},
]
const NAMES = new Map(deployments.map(({id, name}) => [id, name]))

function world() {
  const member = {entityType: 'ORGANIZATION', entityId: 'o1', role: 'ORGANIZATION_MEMBER'}
  const roles = [member, roleOnDeployment('d1', 'r'), roleOnDeployment('d3', 'r')]
  return fakeAstroApi({
    deployments,
    tokens: [organizationToken('a', roles, {name: 'etl'}), organizationToken('b', [member], {name: 'none'})],
    listDeployments: async ({workspaceIds} = {}) =>
      deployments.filter(({workspaceId}) => workspaceIds?.includes(workspaceId) ?? true),
  })
}

const REQUEST: Omit<TargetRequest, 'readToken'> = {
  token: {id: 'a'},
  deployments: 'all',
  workspaceId: undefined,
  loginWorkspaceId: undefined,
  needsRole: false,
}

const select = async (request: Partial<TargetRequest>, api = world()) =>
  selectTarget(api, ORGANIZATION_TOKENS, {
    readToken: async (id) => readTokenOfScope(api, ORGANIZATION_TOKENS, id),
    ...REQUEST,
    ...request,
  })

describe('selecting what a command changes', () => {
  describe('selectTarget', () => {
    it('takes IDs as they are, without a request', async () => {
      const api = world()

      const target = await select({deployments: {ids: ['d9']}}, api)

      expect(target).to.deep.equal({tokenId: 'a', deploymentIds: ['d9'], deploymentNames: new Map()})
      expect(api.calls).to.deep.equal([])
    })

    it('takes all Deployments if the token needs no role', async () => {
      const target = await select({})
      expect(target).to.deep.equal({tokenId: 'a', deploymentIds: ['d1', 'd2', 'd3'], deploymentNames: NAMES})
    })

    it('takes the Deployments on which the token has a role if it needs one', async () => {
      const target = await select({needsRole: true, token: {name: 'etl'}})
      expect(target).to.deep.equal({tokenId: 'a', deploymentIds: ['d1', 'd3'], deploymentNames: new Map()})
    })

    it('is limited by the Workspace that was named, not by that of the login', async () => {
      const workspaces = {workspaceId: 'w2', loginWorkspaceId: 'w1'}

      const [all, withRole, ofLogin] = await Promise.all([
        select(workspaces),
        select({...workspaces, needsRole: true}),
        select({loginWorkspaceId: 'w1'}),
      ])

      expect([all.deploymentIds, withRole.deploymentIds]).to.deep.equal([['d3'], ['d3']])
      expect(ofLogin.deploymentIds).to.have.length(3)
    })

    it('searches a name on the first Deployment if the token needs a role', async () => {
      const api = world()

      const target = await select({deployments: {ids: ['d3', 'd1']}, needsRole: true, token: {name: 'etl'}}, api)

      expect(target.tokenId).to.equal('a')
      expect(api.calls).to.deep.equal([['listTokens', {deploymentId: 'd3'}]])
    })

    it('searches a name in the Organization if the token needs no role', async () => {
      const api = world()

      await select({deployments: {ids: ['d2']}, token: {name: 'none'}}, api)

      expect(api.calls).to.deep.equal([['listTokens', {includeOnlyOrganizationTokens: true}]])
    })

    it('prompts for the token after the Deployment', async () => {
      const order: string[] = []
      const target = await select({
        deployments: {
          async pick() {
            order.push('Deployment')
            return 'd2'
          },
        },
        token: {
          async pick(tokens, deploymentIds) {
            order.push(`token for ${deploymentIds?.join(' ')}`)
            return tokens.at(-1)?.id ?? ''
          },
        },
      })

      expect(order).to.deep.equal(['Deployment', 'token for d2'])
      expect(target).to.deep.include({tokenId: 'b', deploymentIds: ['d2']})
    })

    it('is not found if the token has no role, or there are no Deployments', async () => {
      const failures = await Promise.all(
        [{needsRole: true, token: {id: 'b'}}, {needsRole: true, workspaceId: 'w9'}, {workspaceId: 'w9'}].map(
          async (request) => failureOf(async () => select(request)),
        ),
      )

      expect(failures.map(({kind, message}) => `${kind}: ${message}`)).to.deep.equal([
        'not_found: The token "none" has no role on a Deployment in this Organization.',
        'not_found: There are no Deployments in Workspace w9.',
        'not_found: There are no Deployments in Workspace w9.',
      ])
    })
  })

  describe('selectDeployments with a prompt', () => {
    const NOWHERE = {workspaceId: undefined, loginWorkspaceId: undefined}
    /** The IDs that the prompt offers, and the one that it returns, the last. */
    const prompt = async (workspaces: Partial<Record<keyof typeof NOWHERE, string>>) => {
      let offered: readonly Deployment[] = []
      const pick: PickDeployment = async (all) => {
        offered = all
        return all.at(-1)?.id ?? ''
      }

      const {deploymentIds} = await selectDeployments(world(), {pick}, {...NOWHERE, ...workspaces})
      return [...offered.map(({id}) => id), `picked ${deploymentIds.join(' ')}`]
    }

    it('offers all Deployments, those of the Workspace that was named, or those of the login', async () => {
      expect(await prompt({})).to.deep.equal(['d1', 'd2', 'd3', 'picked d3'])
      expect(await prompt({workspaceId: 'w2', loginWorkspaceId: 'w1'})).to.deep.equal(['d3', 'picked d3'])
      expect(await prompt({loginWorkspaceId: 'w1'})).to.deep.equal(['d1', 'd2', 'picked d2'])
    })

    it('offers all if the Workspace of the login has none', async () => {
      expect(await prompt({loginWorkspaceId: 'w9'})).to.deep.equal(['d1', 'd2', 'd3', 'picked d3'])
    })
  })
})
