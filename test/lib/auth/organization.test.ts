import {expect} from 'chai'

import {findOrganization} from '../../../src/lib/auth/organization.js'
import {AstroError} from '../../../src/lib/errors.js'
import {reportOf} from './fixture.js'

/** The Organizations of a credential, a saved context, the environment and the API, or the API's error. */
interface World {
  readonly own?: string
  readonly saved?: string
  readonly variable?: string
  readonly listed?: Error | readonly string[]
}

const UNEXPECTED = new Error('unexpected request')

async function find({listed = UNEXPECTED, own, saved, variable}: World): Promise<string> {
  const credential = {organizationId: own, savedOrganizationId: () => saved}
  const organizations = listed instanceof Error ? [] : listed.map((id) => ({id, name: `name-of-${id}`}))
  return findOrganization(
    credential,
    {ASTRO_ORGANIZATION_ID: variable},
    {
      async get(path) {
        if (listed instanceof Error) throw listed
        return path === 'organizations' && {organizations, limit: 1000, totalCount: organizations.length}
      },
      async post() {
        throw UNEXPECTED
      },
    },
  )
}

describe('findOrganization', () => {
  const found: readonly {readonly title: string; readonly world: World; readonly id: string}[] = [
    {title: 'uses the one of the credential first', world: {own: 'own-1_A', variable: 'other'}, id: 'own-1_A'},
    {title: 'uses ASTRO_ORGANIZATION_ID if the credential names none', world: {variable: ' mine\n'}, id: 'mine'},
    {title: 'uses the only one that the API lists', world: {variable: ' ', listed: ['a'], saved: 'b'}, id: 'a'},
  ]
  for (const {id, title, world} of found) {
    it(title, async () => {
      expect(await find(world)).to.equal(id)
    })
  }

  for (const variable of ['..', 'a/b', 'a?']) {
    it(`rejects the ID ${variable} before any request`, async () => {
      expect(await reportOf(async () => find({variable}))).to.deep.equal({
        kind: 'usage',
        message: `ASTRO_ORGANIZATION_ID is not an ID: "${variable}".`,
        hint: 'Set ASTRO_ORGANIZATION_ID to the ID of an Organization; list them with the Astro CLI: astro organization list',
      })
    })
  }

  it('lists several Organizations, that of the saved context first', async () => {
    expect(await reportOf(async () => find({listed: ['a', 'b', 'c'], saved: 'b'}))).to.deep.equal({
      kind: 'usage',
      message: 'No Organization specified. The credential belongs to 3 Organizations.',
      candidates: ['b', 'a', 'c'].map((id) => ({id, name: `name-of-${id}`})),
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
