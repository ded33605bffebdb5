import {expect} from 'chai'

import {type Client} from '../../../src/lib/astro-api/client.js'
import {createAstroApi, listOrganizations} from '../../../src/lib/astro-api/operations.js'
import {fakeReport} from '../service-options.js'

/** The operations of the Organization `o/1` over a client with these responses. */
function world(...responses: readonly unknown[]) {
  const requests: unknown[] = []
  const respond = async (...request: unknown[]) => responses[requests.push(request) - 1]
  const client: Client = {get: respond, post: respond}
  const report = fakeReport()
  return {api: createAstroApi(client, 'o/1', report), client, requests, statuses: report.told.status}
}

const role = (name: string, scopeType = 'DEPLOYMENT') => ({name, scopeType})

describe('the operations of the Astro API', () => {
  it('encode the IDs in their paths, and return nothing for a write whose response is empty', async () => {
    const token = {id: 'a/b', name: 'n', scope: 'ORGANIZATION'}
    const roles = [{entityType: 'DEPLOYMENT', entityId: 'd1', role: 'r'}]
    const {api, requests} = world(token)
    expect(await api.getToken('a/b')).to.equal(token)
    expect(await api.setTokenRoles('a/b', roles)).to.equal(undefined)
    const path = 'organizations/o%2F1/tokens/a%2Fb'
    expect(requests).to.deep.equal([[path], [`${path}/roles`, {roles}]])
  })

  it('list the Organizations of a credential', async () => {
    const organizations = [{id: 'o1', name: 'Acme'}]
    const {client, requests} = world({organizations, totalCount: 1})
    expect(await listOrganizations(client)).to.deep.equal(organizations)
    expect(requests).to.deep.equal([['organizations', {limit: 1000, offset: 0}]])
  })

  it('list the default roles of all pages once, then the custom roles of all pages, for Deployments only', async () => {
    const page = {limit: 2, totalCount: 3, defaultRoles: [role('ADMIN'), role('OWNER', 'WORKSPACE')]}
    const {api} = world({...page, roles: [role('a'), role('b', 'DAG')]}, {...page, roles: [role('c')]})
    expect((await api.listDeploymentRoles()).map(({name}) => name)).to.deep.equal(['ADMIN', 'a', 'c'])
  })

  it('show how many pages of all lists have arrived', async () => {
    const pages = ['a', 'b', 'c'].map((id) => ({limit: 1, totalCount: 3, deployments: [{id, name: id}]}))
    const {api, statuses} = world(...pages, ...pages)
    for (let reads = 0; reads < 2; reads += 1) await api.listDeployments()
    expect(statuses).to.deep.equal(['1 of 3 pages', '2 of 3 pages', '', '4 of 6 pages', '5 of 6 pages', ''])
  })
})
