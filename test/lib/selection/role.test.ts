import {expect} from 'chai'

import {ORGANIZATION_TOKENS} from '../../../src/lib/roles/scope.js'
import {listOfferedRoles} from '../../../src/lib/selection/token.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {type World} from '../../astro-api/world.js'
import {MEMBER, READER, worldWith} from '../roles/world.js'
import {failureOf} from '../support.js'

const FINANCE = {name: 'Finance', scopeType: 'DEPLOYMENT', restrictedWorkspaceIds: ['w2']} as const
const READER_ROLE = {name: 'Deploy Reader', scopeType: 'DEPLOYMENT', description: 'Reads'} as const

/** The names of the offered roles; an asterisk marks a role that the token, Deploy Reader on d1, has. */
async function offersFor(deploymentIds: readonly string[], more: Partial<World> = {}) {
  const {api} = openInProcess(worldWith([MEMBER, READER], {customRoles: [READER_ROLE, FINANCE], ...more}))
  const offered = await listOfferedRoles(api, ORGANIZATION_TOKENS, {tokenId: 'a', deploymentIds})
  expect(offered.find(({name}) => name === 'Deploy Reader')?.description).to.equal('Reads')
  return offered.map(({isPresent, name}) => `${name}${isPresent ? '*' : ''}`)
}

describe('listOfferedRoles', () => {
  it('marks the roles that the token has on one of the Deployments', async () => {
    const marked = ['DEPLOYMENT_ADMIN', 'DEPLOYMENT_ACCESSOR', 'Deploy Reader*']
    expect(await offersFor(['d1'])).to.have.members(marked)
    expect(await offersFor(['d2', 'd1'])).to.have.members(marked)
    expect((await offersFor(['d1']))[0]).to.equal('Deploy Reader*')
  })

  it('offers a restricted role if all Deployments are in its Workspaces', async () => {
    expect(await offersFor(['d3', 'd9']))
      .to.include('Finance')
      .and.not.to.include('Deploy Reader*')
    expect(await offersFor(['d3', 'd1'])).not.to.include('Finance')
  })

  it('fails if no role can be given on all Deployments', async () => {
    const onlyFinance = {customRoles: [FINANCE], defaultRoles: []}
    expect(await failureOf(async () => offersFor(['d1', 'd3'], onlyFinance))).to.deep.include({
      kind: 'not_found',
      message: 'No role can be given on all of these Deployments.',
      details: {hint: 'Choose the Deployments one by one'},
    })
  })
})
