import {expect} from 'chai'

import {assignableRoles} from '../../../src/lib/roles/existence.js'
import {ORGANIZATION_TOKENS} from '../../../src/lib/roles/token-scope.js'
import {type PickRole, type RoleOffer, selectRole} from '../../../src/lib/selection/select-role.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'

const role = (name: string, restrictedWorkspaceIds?: readonly string[]) => ({
  name,
  scopeType: 'DEPLOYMENT',
  ...(restrictedWorkspaceIds && {restrictedWorkspaceIds}),
})

function world(roles = [role('DEPLOYMENT_ADMIN'), role('Deploy Reader'), role('Finance', ['w2'])]) {
  return fakeAstroApi({
    roles,
    deployments: [
      {id: 'd1', name: 'etl', workspaceId: 'w1'},
      {id: 'd2', name: 'reports', workspaceId: 'w2'},
    ],
    tokens: [organizationToken('a', [roleOnDeployment('d1', 'Deploy Reader')])],
  })
}

const namesFor = async (...ids: string[]) => {
  const api = world()
  const roles = await assignableRoles(api, await api.listDeploymentRoles(), ids)
  return roles.map(({name}) => name)
}

describe('selecting a role', () => {
  it('offers the roles, and marks those that the token has on the Deployments', async () => {
    let offered: readonly RoleOffer[] = []
    const pick: PickRole = async (roles) => {
      offered = roles
      return 'Deploy Reader'
    }

    const target = {tokenId: 'a', deploymentIds: ['d1']}
    expect(await selectRole(world(), ORGANIZATION_TOKENS, target, pick)).to.equal('Deploy Reader')
    expect(offered).to.deep.equal([
      {name: 'DEPLOYMENT_ADMIN', isPresent: false},
      {name: 'Deploy Reader', isPresent: true},
    ])
  })

  it('only offers a restricted role if each Deployment is in one of its Workspaces', async () => {
    expect(await namesFor('d2')).to.include('Finance')
    expect(await namesFor('d1', 'd2')).not.to.include('Finance')
  })

  it('does not look up Deployments if no role is restricted', async () => {
    const api = world([role('DEPLOYMENT_ADMIN')])
    await assignableRoles(api, await api.listDeploymentRoles(), ['d1'])
    expect(api.calls).to.deep.equal([['listDeploymentRoles']])
  })

  it('is not found if no role can be given on all Deployments', async () => {
    const failure = await failureOf(async () =>
      selectRole(
        world([role('Finance', ['w2'])]),
        ORGANIZATION_TOKENS,
        {tokenId: 'a', deploymentIds: ['d1']},
        async () => '',
      ),
    )
    expect(failure.kind).to.equal('not_found')
  })
})
