import {expect} from 'chai'

import {type Client} from '../../../src/lib/astro-api/client.js'
import {type AstroApi, createAstroApi, listOrganizations} from '../../../src/lib/astro-api/operations.js'
import {fakeReport} from '../service-options.js'

/** The operations of the Organization `o/1` over a client with these responses. */
function world(...responses: readonly unknown[]) {
  const requests: unknown[] = []
  const respond = async (...request: unknown[]) => responses[requests.push(request) - 1]
  const client: Client = {get: async (path, query = {}) => respond(path, query), post: respond}
  const report = fakeReport()
  const api = createAstroApi(client, 'o/1', report)
  return {...api, listOrganizations: async () => listOrganizations(client), requests, statuses: report.told.status}
}

const ROOT = 'organizations/o%2F1'
const PAGE = {limit: 1000, sorts: 'createdAt:asc', offset: 0}
const ROLE = {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'r'}
const TOKEN = {id: 't', name: 'n', scope: 'ORGANIZATION', roles: [ROLE]}
const DEPLOYMENTS = ['a', 'b', 'c'].map((id) => ({id, name: id}))
const role = (name: string, scopeType = 'DEPLOYMENT') => ({name, scopeType})

interface Call {
  readonly operation: 'listOrganizations' | keyof AstroApi
  readonly args: readonly unknown[]
  readonly path: string
  /** Of a GET the query, of a POST the body. */
  readonly sends: object
  readonly response?: object
  /** Default: the response. */
  readonly result?: unknown
}

describe('the operations of the Astro API', () => {
  const listing = {
    path: `${ROOT}/deployments`,
    response: {deployments: DEPLOYMENTS, totalCount: 3},
    result: DEPLOYMENTS,
  }
  const writing = {operation: 'setTokenRoles', path: `${ROOT}/tokens/t/roles`} as const
  const calls: readonly Call[] = [
    {operation: 'getToken', args: ['a/b'], path: `${ROOT}/tokens/a%2Fb`, sends: {}, response: TOKEN},
    {...writing, args: ['t', [ROLE]], sends: {roles: [ROLE]}, response: {organizationRole: 'r'}},
    {...writing, args: ['t', []], sends: {roles: []}},
    {operation: 'listDeployments', args: [], sends: PAGE, ...listing},
    {operation: 'listDeployments', args: [{workspaceIds: ['w']}], sends: {...PAGE, workspaceIds: ['w']}, ...listing},
    {
      operation: 'listTokens',
      args: [{deploymentId: 'd1'}],
      path: `${ROOT}/tokens`,
      sends: {...PAGE, deploymentId: 'd1'},
      response: {tokens: [TOKEN], totalCount: 1},
      result: [TOKEN],
    },
    {
      operation: 'listOrganizations',
      args: [],
      path: 'organizations',
      sends: {limit: 1000, offset: 0},
      response: {organizations: [{id: 'o1', name: 'Acme'}], totalCount: 1},
      result: [{id: 'o1', name: 'Acme'}],
    },
    {
      operation: 'listDeploymentRoles',
      args: [],
      path: `${ROOT}/roles`,
      sends: {includeDefaultRoles: true, limit: 1000, scopeTypes: ['DEPLOYMENT'], offset: 0},
      response: {roles: [role('a'), role('b', 'DAG')], totalCount: 2},
      result: [role('a')],
    },
  ]
  for (const {args, operation, path, response, result = response, sends} of calls) {
    it(`${operation}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`, async () => {
      const {requests, ...api} = world(response)
      const operate = api[operation].bind(api) as (...args: readonly unknown[]) => Promise<unknown>
      expect(await operate(...args)).to.deep.equal(result)
      expect(requests).to.deep.equal([[path, sends]])
    })
  }

  it('lists the default roles of all pages once, then the custom roles of all pages', async () => {
    const page = {limit: 2, totalCount: 3, defaultRoles: [role('ADMIN'), role('OWNER', 'WORKSPACE')]}
    const api = world({...page, roles: [role('a'), role('b')]}, {...page, roles: [role('c')]})
    expect((await api.listDeploymentRoles()).map(({name}) => name)).to.deep.equal(['ADMIN', 'a', 'b', 'c'])
    expect(api.statuses).to.deep.equal(['1 of 2 pages', ''])
  })

  it('shows how many pages of all lists have arrived', async () => {
    const page = {limit: 1, totalCount: 3}
    const pages = DEPLOYMENTS.map((deployment) => ({...page, deployments: [deployment]}))
    const api = world(...pages, ...pages)
    for (let reads = 0; reads < 2; reads += 1) await api.listDeployments()
    const first = ['1 of 3 pages', '2 of 3 pages', '']
    expect(api.statuses).to.deep.equal([...first, '4 of 6 pages', '5 of 6 pages', ''])
  })
})
