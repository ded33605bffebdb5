import {expect} from 'chai'

import {
  readDeployment,
  readOrganization,
  readPage,
  readRole,
  readSubjectRoles,
  readToken,
} from '../../../src/lib/astro-api/responses.js'
import {failureOf} from '../support.js'
import {ACCEPTED, type Reader, REJECTED, TOKEN} from './responses-table.js'

const READERS: Readonly<Record<Reader, (response: unknown) => unknown>> = {
  deployment: (response) => readDeployment(response),
  organization: (response) => readOrganization(response),
  page: (response) => readPage(response, 'tokens', readToken),
  role: (response) => readRole(response),
  subjectRoles: readSubjectRoles,
  token: (response) => readToken(response),
}

const withPlace = (item: unknown, at: string) => `${String(item)} at ${at}`

describe('responses of the Astro API', () => {
  for (const [reader, response] of ACCEPTED) {
    it(`returns a ${reader} itself: ${JSON.stringify(response)}`, () => {
      expect(READERS[reader](response)).to.equal(response)
    })
  }

  for (const [reader, response, problem] of REJECTED) {
    it(`rejects a ${reader} if ${problem}: ${JSON.stringify(response)}`, async () => {
      expect(await failureOf(() => READERS[reader](response))).to.deep.include({
        kind: 'api',
        message: `The Astro API's response is not as documented: ${problem}.`,
        details: {hint: 'Try again. If it happens again, check that ASTRO_DOMAIN and any proxy lead to the Astro API'},
      })
    })
  }

  for (const read of [readToken, readDeployment, readRole]) {
    it(`omits the fields that are null (${read.name})`, () => {
      const thing = {id: 'a', name: 'b', scope: 'c', scopeType: 'd'}
      expect(read({...thing, createdBy: null, description: null, roles: null, workspaceId: null})).to.deep.equal(thing)
    })
  }

  it('keeps every field of a role, whatever its name', () => {
    const text = '[{"entityType":"NEW","entityId":"x","role":"r","constructor":1,"__proto__":{"a":1}}]'
    expect(JSON.stringify(readToken({...TOKEN, nothing: null, roles: JSON.parse(text) as unknown}).roles)).to.equal(
      text,
    )
  })

  it('returns the items of a page, each checked with its place', () => {
    const items = ['a at tokens[0]', 'b at tokens[1]']
    const page = {tokens: ['a', 'b'], offset: 0, totalCount: 1_000_000}
    expect(readPage({...page, limit: 20}, 'tokens', withPlace)).to.deep.equal({items, limit: 20, totalCount: 1_000_000})
    expect(readPage(page, 'tokens', withPlace)).to.deep.equal({items, limit: 0, totalCount: 1_000_000})
  })
})
