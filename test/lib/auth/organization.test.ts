import {expect} from 'chai'

import {type Client} from '../../../src/lib/astro-api/client.js'
import {findOrganization} from '../../../src/lib/auth/organization.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'

function credentials(organizationId?: string) {
  return {organizationId}
}

/** A client that answers `GET organizations` with Organizations of these names, and counts how often. */
function clientWith(...names: readonly string[]): Client & {asked: number} {
  return {
    asked: 0,
    get(path) {
      expect(path).to.equal('organizations')
      this.asked++
      const organizations = names.map((name) => ({id: `id-${name}`, name}))
      return Promise.resolve({organizations, limit: 1000, totalCount: names.length})
    },
    post: () => Promise.reject(new Error('nothing is written')),
  }
}

describe('findOrganization', () => {
  it('takes the one that the credential names, whatever the environment says, and asks nobody', async () => {
    const client = clientWith('a')

    expect(await findOrganization(credentials('own'), {ASTRO_ORGANIZATION_ID: 'other'}, client)).to.equal('own')
    expect(client.asked).to.equal(0)
  })

  it('takes ASTRO_ORGANIZATION_ID for a credential that names none', async () => {
    const client = clientWith('a', 'b')

    expect(await findOrganization(credentials(), {ASTRO_ORGANIZATION_ID: ' mine '}, client)).to.equal('mine')
    expect(client.asked).to.equal(0)
  })

  for (const id of ['..', '.', 'a/b', 'a?b', 'a b', '%2e%2e']) {
    it(`refuses ASTRO_ORGANIZATION_ID=${id}, and asks nobody`, async () => {
      const client = clientWith('a')

      const error: unknown = await findOrganization(credentials(), {ASTRO_ORGANIZATION_ID: id}, client).catch(
        (error_: unknown) => error_,
      )

      expect(client.asked).to.equal(0)
      expect(error).to.be.instanceOf(AstroError)
      expect(error).to.deep.include({kind: 'usage', message: `ASTRO_ORGANIZATION_ID is not an ID: "${id}".`})
    })
  }

  it('refuses an Organization of the saved login that would be another path', async () => {
    const client = clientWith('a')

    const error: unknown = await findOrganization(credentials('..'), {}, client).catch((error_: unknown) => error_)

    expect(client.asked).to.equal(0)
    expect(error).to.be.instanceOf(AstroError)
    expect(error).to.deep.include({kind: 'config', message: 'The Organization of the saved login is not an ID: "..".'})
  })

  it('takes the only one there is', async () => {
    expect(await findOrganization(credentials(), {ASTRO_ORGANIZATION_ID: ''}, clientWith('a'))).to.equal('id-a')
  })

  it('asks which where there are several, naming each', async () => {
    const error: unknown = await findOrganization(credentials(), {}, clientWith('a', 'b')).catch(
      (error_: unknown) => error_,
    )

    expect(error).to.be.instanceOf(AstroError)
    expect(error).to.deep.include({
      kind: 'usage',
      message: 'No Organization specified. The credential belongs to 2 Organizations.',
      details: {
        candidates: [
          {id: 'id-a', name: 'a'},
          {id: 'id-b', name: 'b'},
        ],
        hint: 'Set ASTRO_ORGANIZATION_ID to id-a (a) or id-b (b)',
      },
    })
  })

  it('offers the Organization of the saved context first', async () => {
    const saved = {...credentials(), savedOrganizationId: async () => 'id-b'}
    const failure = await failureOf(async () => findOrganization(saved, {}, clientWith('a', 'b', 'c')))

    expect(failure.details.hint).to.equal(
      'Set ASTRO_ORGANIZATION_ID to id-b (b, as in the saved context of the Astro CLI) or id-a (a) or id-c (c)',
    )
    expect(failure.details.candidates?.map(({id}) => id)).to.deep.equal(['id-b', 'id-a', 'id-c'])
  })

  for (const other of ['id-x', undefined]) {
    it(`does not offer ${String(other)}, which is not among them`, async () => {
      const saved = {...credentials(), savedOrganizationId: async () => other}
      const failure = await failureOf(async () => findOrganization(saved, {}, clientWith('a', 'b')))

      expect(failure.details.hint).to.equal('Set ASTRO_ORGANIZATION_ID to id-a (a) or id-b (b)')
    })
  }

  it('refuses a credential that belongs to none', async () => {
    const error: unknown = await findOrganization(credentials(), {}, clientWith()).catch((error_: unknown) => error_)

    expect(error).to.have.property('kind', 'forbidden')
  })
})
