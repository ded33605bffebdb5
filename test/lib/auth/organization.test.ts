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

const DENIED = new AstroError('forbidden', 'denied', {hint: 'x', requestId: 'id-1', status: 403})

async function find({listed = new Error('unexpected request'), own, saved, variable}: World): Promise<string> {
  const credential = {organizationId: own, savedOrganizationId: () => saved}
  const list = async () => {
    if (listed instanceof Error) throw listed
    const organizations = listed.map((id) => ({id, name: `name-of-${id}`}))
    return {organizations, limit: 1000, totalCount: organizations.length}
  }

  return findOrganization(credential, {ASTRO_ORGANIZATION_ID: variable}, {get: list, post: list})
}

describe('findOrganization', () => {
  for (const {id, title, world} of [
    {title: 'uses the one of the credential first', world: {own: 'own-1_A', variable: 'other'}, id: 'own-1_A'},
    {title: 'uses ASTRO_ORGANIZATION_ID if the credential names none', world: {variable: ' mine\n'}, id: 'mine'},
    {title: 'uses the only one that the API lists', world: {variable: ' ', listed: ['a'], saved: 'b'}, id: 'a'},
  ]) {
    it(title, async () => {
      expect(await find(world)).to.equal(id)
    })
  }

  const failures: ReadonlyArray<World & {readonly kind: string; readonly message: string; readonly more: object}> = [
    {
      variable: 'a/b',
      kind: 'usage',
      message: 'ASTRO_ORGANIZATION_ID is not an ID: "a/b".',
      more: {
        hint: 'Set ASTRO_ORGANIZATION_ID to the ID of an Organization; list them with the Astro CLI: astro organization list',
      },
    },
    {
      listed: ['a', 'b', 'c'],
      saved: 'b',
      kind: 'usage',
      message: 'No Organization specified. The credential belongs to 3 Organizations.',
      more: {
        candidates: ['b', 'a', 'c'].map((id) => ({id, name: `name-of-${id}`})),
        hint: 'Set ASTRO_ORGANIZATION_ID to b (name-of-b, as in the saved context of the Astro CLI) or a (name-of-a) or c (name-of-c)',
      },
    },
    {
      listed: [],
      kind: 'forbidden',
      message: 'The credential belongs to no Organization.',
      more: {hint: 'Use a token or a login that belongs to the Organization'},
    },
    {
      listed: DENIED,
      kind: 'usage',
      message: 'No Organization specified, and the credential may not list Organizations.',
      more: {hint: 'Set ASTRO_ORGANIZATION_ID to the ID of the Organization', requestId: 'id-1', status: 403},
    },
  ]
  for (const {kind, message, more, ...world} of failures) {
    it(`fails: ${message}`, async () => {
      expect(await reportOf(async () => find(world))).to.deep.equal({kind, message, ...more})
    })
  }
})
