import {expect} from 'chai'

import {findOrganization} from '../../../src/lib/auth/organization.js'
import {AstroError} from '../../../src/lib/errors.js'
import {reportOf} from './fixture.js'

/** What a credential, the environment and the API say about Organizations. */
interface World {
  /** The Organization that the credential names. */
  readonly own?: string
  /** The Organization of the saved context. */
  readonly saved?: string
  readonly variable?: string
  /** The IDs that the API lists; without them, a request fails the test. */
  readonly listed?: Error | readonly string[]
}

async function find({listed, own, saved, variable}: World): Promise<string> {
  return findOrganization(
    {organizationId: own, savedOrganizationId: () => saved},
    {ASTRO_ORGANIZATION_ID: variable},
    {
      async get(path) {
        if (!listed || path !== 'organizations') throw new Error(`unexpected request of ${path}`)
        if (listed instanceof Error) throw listed
        const organizations = listed.map((id) => ({id, name: `name-of-${id}`}))
        return {organizations, limit: 1000, totalCount: listed.length}
      },
      async post() {
        throw new Error('unexpected write')
      },
    },
  )
}

const candidates = (...ids: readonly string[]) => ids.map((id) => ({id, name: `name-of-${id}`}))

describe('findOrganization', () => {
  for (const {id, title, world} of [
    {title: 'uses the one of the credential first', world: {own: 'own-1_A', variable: 'other'}, id: 'own-1_A'},
    {title: 'uses ASTRO_ORGANIZATION_ID if the credential names none', world: {variable: ' mine\n'}, id: 'mine'},
    {title: 'uses the only one that the API lists', world: {variable: ' ', listed: ['a'], saved: 'b'}, id: 'a'},
  ] satisfies readonly {title: string; world: World; id: string}[]) {
    it(title, async () => {
      expect(await find(world)).to.equal(id)
    })
  }

  for (const variable of ['..', 'a/b', 'a?', '%2e']) {
    it(`rejects the ID ${variable} before any request`, async () => {
      expect(await reportOf(async () => find({variable}))).to.deep.equal({
        kind: 'usage',
        message: `ASTRO_ORGANIZATION_ID is not an ID: "${variable}".`,
        hint: 'Set ASTRO_ORGANIZATION_ID to the ID of an Organization; list them with the Astro CLI: astro organization list',
      })
    })
  }

  it('lists several Organizations, without a saved one that is not among them', async () => {
    expect(await reportOf(async () => find({listed: ['a', 'b'], saved: 'x'}))).to.deep.equal({
      kind: 'usage',
      message: 'No Organization specified. The credential belongs to 2 Organizations.',
      candidates: candidates('a', 'b'),
      hint: 'Set ASTRO_ORGANIZATION_ID to a (name-of-a) or b (name-of-b)',
    })
  })

  it('lists the Organization of the saved context first', async () => {
    expect(await reportOf(async () => find({listed: ['a', 'b', 'c'], saved: 'b'}))).to.deep.equal({
      kind: 'usage',
      message: 'No Organization specified. The credential belongs to 3 Organizations.',
      candidates: candidates('b', 'a', 'c'),
      hint: 'Set ASTRO_ORGANIZATION_ID to b (name-of-b, as in the saved context of the Astro CLI) or a (name-of-a) or c (name-of-c)',
    })
  })

  it('rejects a credential without an Organization', async () => {
    expect(await reportOf(async () => find({listed: []}))).to.deep.equal({
      kind: 'forbidden',
      message: 'The credential belongs to no Organization.',
      hint: 'Use a token or a login that belongs to the Organization',
    })
  })

  it('names the variable if the API refuses to list Organizations', async () => {
    const listed = new AstroError('forbidden', 'denied', {hint: 'x', requestId: 'id-1', status: 403})
    expect(await reportOf(async () => find({listed}))).to.deep.equal({
      kind: 'usage',
      message: 'No Organization specified, and the credential may not list Organizations.',
      hint: 'Set ASTRO_ORGANIZATION_ID to the ID of the Organization',
      requestId: 'id-1',
      status: 403,
    })
  })
})
