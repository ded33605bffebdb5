import {expect} from 'chai'

import {type ApiToken} from '../../../src/lib/astro-api/responses.js'
import {AstroError} from '../../../src/lib/errors.js'
import {organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {ADMIN, DAG, NO_ROLES, organizationWith, OTHERS, READER, rejectWith} from './organization.js'
import {MEMBER} from './write-world.js'

/** An API that returns this token for every ID. */
function returning(token: ApiToken) {
  const getToken = async () => token
  return {getToken, getTokenForWrite: getToken}
}

describe('token scoping reads', () => {
  describe('one token', () => {
    it('returns it with its roles', async () => {
      const token = await organizationWith(OTHERS).scoping.read('a')

      expect(token).to.deep.include({id: 'a', name: 'etl', roles: OTHERS})
    })

    for (const [title, token, message] of [
      [
        'another scope',
        organizationToken('a', OTHERS, {name: 'etl', scope: 'WORKSPACE'}),
        'not_found: "etl" (a) is a token of scope WORKSPACE, not an Organization token.',
      ],
      ['another ID', organizationToken('b', OTHERS), 'api: The Astro API returned token b instead of a.'],
      ['no roles', organizationToken('a'), `api: ${NO_ROLES}`],
    ] as const) {
      it(`fails if the response is a token with ${title}`, async () => {
        const {api, scoping} = organizationWith([], returning(token))

        const failure = await failureOf(async () => scoping.read('a'))

        expect(`${failure.kind}: ${failure.message}`).to.equal(message)
        expect(api.calls).to.have.length(1)
        if (title === 'another scope') {
          expect(failure.details.hint).to.equal('Manage its roles in the scope where it was created')
        }
      })
    }

    it('ignores the case of the ID', async () => {
      expect(await organizationWith([], returning(organizationToken('A', OTHERS))).scoping.read('a')).to.have.property(
        'id',
        'A',
      )
    })

    it('passes on other errors, and the details of the response that there is no such token', async () => {
      const forbidden = rejectWith(new AstroError('forbidden', 'No.'))
      const kinds = [
        await failureOf(async () =>
          organizationWith([], {getToken: forbidden, getTokenForWrite: forbidden}).scoping.read('a'),
        ),
        await failureOf(async () => organizationWith([]).scoping.read('b')),
      ].map(({details: {status}, kind}) => [kind, status])

      expect(kinds).to.deep.equal([
        ['forbidden', undefined],
        ['not_found', 404],
      ])
    })
  })

  describe('the tokens of a Deployment', () => {
    it('are the Organization tokens that it lists, with their roles on it', async () => {
      const tokens = [
        organizationToken('a', [MEMBER, roleOnDeployment('d2', READER), roleOnDeployment('d1', ADMIN)]),
        organizationToken('b', [MEMBER, DAG]),
        organizationToken('c', [roleOnDeployment('d1', ADMIN)], {scope: 'WORKSPACE'}),
        organizationToken('d', [MEMBER]),
      ]
      const {api, scoping} = organizationWith([], {tokens})

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

    for (const [title, replaced, message, status] of [
      ['lists nothing', {listTokens: async () => []}, 'not_found: No Deployment has the ID x1.', undefined],
      [
        'responds with 404',
        {listTokens: rejectWith(new AstroError('not_found', 'No.', {status: 404}))},
        'not_found: No Deployment has the ID x1.',
        404,
      ],
      [
        'responds with 403',
        {listTokens: rejectWith(new AstroError('forbidden', 'No.', {status: 403}))},
        'forbidden: No.',
        403,
      ],
    ] as const) {
      it(`fail for an unknown Deployment if the API ${title}`, async () => {
        const failure = await failureOf(async () => organizationWith([MEMBER], replaced).scoping.list('x1'))

        expect(`${failure.kind}: ${failure.message}`).to.equal(message)
        expect(failure.details.status).to.equal(status)
      })
    }
  })

  describe('an audit', () => {
    const tokens = [
      organizationToken('a', [MEMBER, roleOnDeployment('d3', READER), roleOnDeployment('d1', ADMIN)], {name: 'etl'}),
      organizationToken('b', [MEMBER, DAG]),
      organizationToken('c', [roleOnDeployment('d2', READER), roleOnDeployment('gone', ADMIN)]),
      organizationToken('d', [roleOnDeployment('d1', READER)], {scope: 'WORKSPACE'}),
    ]
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
        // The API might list more than requested.
        const {api, scoping} = organizationWith([], {listTokens: async () => tokens})

        const rows = await scoping.audit(filter)

        expect(
          rows.map((row) => `${row.token.id} ${row.deploymentId} ${row.deploymentName} ${row.role}`),
        ).to.deep.equal(expected)
        expect(api.calls).to.deep.equal([
          ['listTokens', {includeOnlyOrganizationTokens: true}],
          ['listDeployments', 'workspaceId' in filter ? {workspaceIds: ['w1']} : {}],
        ])
      })
    }
  })
})
