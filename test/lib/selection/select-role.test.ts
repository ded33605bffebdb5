import {expect} from 'chai'

import {ORGANIZATION_TOKENS} from '../../../src/lib/roles/scope.js'
import {selectRole} from '../../../src/lib/selection/select-role.js'
import {fakeAstroApi, roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {namedToken} from './world.js'

const FINANCE = {name: 'Finance', scopeType: 'DEPLOYMENT', restrictedWorkspaceIds: ['w2']}
const ROLES = [
  {name: 'DEPLOYMENT_ADMIN', scopeType: 'DEPLOYMENT', description: 'All'},
  {name: 'Deploy Reader', scopeType: 'DEPLOYMENT'},
  FINANCE,
]

/** Prompts for a role on these Deployments; returns the roles that are offered. */
async function offersFor(deploymentIds: readonly string[], roles = ROLES): Promise<unknown> {
  const api = fakeAstroApi({
    roles,
    deployments: [
      {id: 'd1', name: 'etl', workspaceId: 'w1'},
      {id: 'd2', name: 'reports', workspaceId: 'w2'},
    ],
    tokens: [namedToken('a', 'etl', [roleOnDeployment('d1', 'Deploy Reader')])],
  })
  const target = {tokenId: 'a', deploymentIds}
  return JSON.parse(await selectRole(api, ORGANIZATION_TOKENS, target, async (offered) => JSON.stringify(offered)))
}

describe('selectRole', () => {
  const ADMIN = {name: 'DEPLOYMENT_ADMIN', description: 'All', isPresent: false}

  it('marks the roles that the token has on one of the Deployments', async () => {
    const offers = [ADMIN, {name: 'Deploy Reader', isPresent: true}]
    expect(await offersFor(['d1'])).to.deep.equal(offers)
    expect(await offersFor(['d2', 'd1'])).to.deep.equal(offers)
  })

  it('offers a restricted role if all Deployments are in its Workspaces', async () => {
    const others = [ADMIN, {name: 'Deploy Reader', isPresent: false}]
    expect(await offersFor(['d2'])).to.deep.equal([...others, {name: 'Finance', isPresent: false}])
  })

  it('fails if no role can be given on all Deployments', async () => {
    expect(await failureOf(async () => offersFor(['d1', 'd2'], [FINANCE]))).to.deep.include({
      kind: 'not_found',
      message: 'No role can be given on all of these Deployments.',
      details: {hint: 'Choose the Deployments one by one'},
    })
  })
})
