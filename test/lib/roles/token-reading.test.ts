import {expect} from 'chai'

import {type ApiToken} from '../../../src/lib/astro-api/responses.js'
import {AstroError} from '../../../src/lib/errors.js'
import {organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {ADMIN, DAG, NO_ROLES, organizationWith, OTHERS, READER, rejectWith} from './organization.js'
import {MEMBER} from './write-world.js'

const TOKENS = [
  organizationToken('a', [MEMBER, roleOnDeployment('d3', READER), roleOnDeployment('d1', ADMIN)], {name: 'etl'}),
  organizationToken('b', [MEMBER, DAG]),
  organizationToken('c', [roleOnDeployment('d2', READER), roleOnDeployment('gone', ADMIN)]),
  organizationToken('d', [roleOnDeployment('d1', READER)], {scope: 'WORKSPACE'}),
]

/** An API that returns this token for any ID. */
function returning(token: ApiToken) {
  const getToken = async () => token
  return {getToken}
}

describe('token scoping reads', () => {
  describe('one token', () => {
    for (const [title, response, message, hint] of [
      [
        'of another scope',
        organizationToken('a', OTHERS, {name: 'etl', scope: 'WORKSPACE'}),
        'not_found: "etl" (a) is a token of scope WORKSPACE, not an Organization token.',
        'Manage its roles in the scope where it was created',
      ],
      ['with another ID', organizationToken('b', OTHERS), 'api: The Astro API returned token b instead of a.'],
      [
        'without roles',
        organizationToken('a'),
        `api: ${NO_ROLES}`,
        'Try again. If it happens again, contact Astronomer support',
      ],
    ] as const) {
      it(`is an error if the API returns a token ${title}`, async () => {
        const {api, scoping} = organizationWith([], returning(response))

        const failure = await failureOf(async () => scoping.read('a'))

        expect(`${failure.kind}: ${failure.message}`).to.equal(message)
        expect(failure.details.hint).to.equal(hint)
        expect(api.calls).to.have.length(1)
      })
    }

    it('is returned with its roles, regardless of the case of its ID', async () => {
      const {scoping} = organizationWith([], returning(organizationToken('A', OTHERS)))

      expect(await scoping.read('a')).to.deep.include({id: 'A', roles: OTHERS})
    })
  })

  describe('the tokens of a Deployment', () => {
    it('are the Organization tokens that the API lists, with their roles on it', async () => {
      const {api, scoping} = organizationWith([], {tokens: TOKENS})

      const listed = await scoping.list('d1')

      expect(listed.map(({role, token}) => [token.id, role])).to.deep.equal([
        ['a', ADMIN],
        ['b', undefined],
      ])
      expect(api.calls).to.deep.equal([['listTokens', {deploymentId: 'd1'}]])
    })

    it('are read by ID, eight at a time, if the list lacks their roles', async () => {
      const tokens = Array.from({length: 17}, (_, index) =>
        organizationToken(`t${index}`, [roleOnDeployment('d1', ADMIN)]),
      )
      let [reading, most] = [0, 0]
      const {scoping} = organizationWith([], {
        listTokens: async () => tokens.map((token, index) => ({...token, roles: index % 2 ? [] : undefined})),
        async getToken(tokenId) {
          most = Math.max(most, ++reading)
          await new Promise(setImmediate)
          reading--
          return tokens.find(({id}) => id === tokenId) ?? organizationToken('')
        },
      })

      const listed = await scoping.list('d1')

      expect(listed.map(({role, token}) => [token.id, role])).to.deep.equal(tokens.map(({id}) => [id, ADMIN]))
      expect(most).to.equal(8)
    })

    it('are none for a Deployment that exists', async () => {
      const {api, scoping} = organizationWith([MEMBER])

      expect(await scoping.list('d1')).to.deep.equal([])
      expect(api.calls[1]).to.deep.equal(['listDeployments', {deploymentIds: ['d1']}])
    })

    for (const [title, listTokens, expected] of [
      ['lists none', async () => [], 'not_found: No Deployment has the ID x1.'],
      ['responds with 404', rejectWith(new AstroError('not_found', 'No.')), 'not_found: No Deployment has the ID x1.'],
      ['responds with 403', rejectWith(new AstroError('forbidden', 'No.')), 'forbidden: No.'],
    ] as const) {
      it(`are an error for an unknown Deployment if the API ${title}`, async () => {
        const {kind, message} = await failureOf(async () => organizationWith([], {listTokens}).scoping.list('x1'))

        expect(`${kind}: ${message}`).to.equal(expected)
      })
    }
  })

  describe('an audit', () => {
    const [onD3, onD1] = [`a d3 name-of-d3 ${READER}`, `a d1 name-of-d1 ${ADMIN}`]
    const [onD2, onGone] = [`c d2 name-of-d2 ${READER}`, `c gone  ${ADMIN}`]
    for (const [title, filter, expected] of [
      ['every Organization token', {}, [onD3, onD1, onD2, onGone]],
      ['a Workspace', {workspaceId: 'w1'}, [onD1, onD2]],
      ['a role', {role: ADMIN}, [onD1, onGone]],
      ['the name of a token', {tokenName: 'etl'}, [onD3, onD1]],
      ['an unknown name', {tokenName: 'nobody'}, []],
    ] as const) {
      it(`shows the Deployment roles of ${title}, with two requests`, async () => {
        // The API might list more tokens than the filter allows.
        const {api, scoping} = organizationWith([], {listTokens: async () => TOKENS})

        const rows = await scoping.audit(filter)

        const texts = rows.map((row) => `${row.token.id} ${row.deploymentId} ${row.deploymentName} ${row.role}`)
        expect(texts).to.deep.equal(expected)
        expect(api.calls).to.deep.equal([
          ['listTokens', {includeOnlyOrganizationTokens: true}],
          ['listDeployments', 'workspaceId' in filter ? {workspaceIds: ['w1']} : {}],
        ])
      })
    }
  })
})
