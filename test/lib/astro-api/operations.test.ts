import {expect} from 'chai'

import {type Client} from '../../../src/lib/astro-api/client.js'
import {createAstroApi, listOrganizations} from '../../../src/lib/astro-api/operations.js'
import {failureOf} from '../support.js'
import {DEPLOYMENTS_PAGES, OPERATIONS, ROLES_PAGES, tokenJson, UNWRITABLE} from './operations-table.js'

/** The operations over a client with these JSON texts as its responses; without one, a response has no body. */
function world(...responses: readonly string[]) {
  const requests: unknown[] = []
  const reports: string[] = []
  const next = (...request: unknown[]): string | undefined => responses[requests.push(request) - 1]
  const client: Client = {
    async get(path, query = {}, onText = () => {}) {
      const text = next(path, query) ?? ''
      onText(text)
      return JSON.parse(text) as unknown
    },
    async post(path, body) {
      const text = next(path, body)
      return text === undefined ? undefined : (JSON.parse(text) as unknown)
    },
  }
  const api = createAstroApi(client, 'o/1', (done, all) => reports.push(`${done} of ${all}`))
  return {...api, listOrganizations: async () => listOrganizations(client), reports, requests}
}

describe('the operations of the Astro API', () => {
  for (const [operation, args, request, response, result] of OPERATIONS) {
    it(`${operation}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`, async () => {
      const {requests, ...api} = response === undefined ? world() : world(JSON.stringify(response))
      const operate = api[operation].bind(api) as (...args: readonly unknown[]) => Promise<unknown>
      expect(await operate(...args)).to.deep.equal(result)
      expect(requests).to.deep.equal([request])
    })
  }

  it('lists the default roles of all pages once, then the custom roles of all pages', async () => {
    const roles = await world(...ROLES_PAGES).listDeploymentRoles()
    expect(roles.map(({name}) => name)).to.deep.equal(['ADMIN', 'a', 'b', 'c'])
  })

  it('reports the pages that are read, of all lists together', async () => {
    const api = world(...DEPLOYMENTS_PAGES, ...DEPLOYMENTS_PAGES)
    for (let reads = 0; reads < 2; reads += 1) await api.listDeployments()
    expect(api.reports).to.deep.equal(['1 of 2', '2 of 2', '3 of 4', '4 of 4'])
  })

  for (const [ofRole, reason] of UNWRITABLE) {
    it(`reads, but not for a write, roles that cannot be sent back because ${reason}`, async () => {
      const api = world(tokenJson({ofRole}), tokenJson({ofRole}))
      expect(await api.getToken('t')).to.have.nested.property('roles[0].role', 'r')
      expect(await failureOf(async () => api.getTokenForWrite('t'))).to.deep.include({
        kind: 'api',
        message: `The roles of token t cannot be sent back as they are: ${reason}.`,
        details: {hint: 'Change the roles of this token in the Astro UI instead'},
      })
    })
  }

  it('reads for a write a token of which only other fields would change', async () => {
    const api = world(tokenJson({ofToken: ',"usage":9007199254740993', ofRole: ',"weight":1.0'}))
    expect(await api.getTokenForWrite('t')).to.have.nested.property('roles[0].role', 'r')
  })
})
