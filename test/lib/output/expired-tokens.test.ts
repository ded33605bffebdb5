import {expect} from 'chai'

import {LIST_COLUMNS} from '../../../src/lib/output/columns.js'
import {expiredTokensLine} from '../../../src/lib/output/expired-tokens.js'
import {readView, type ViewOptions} from '../../../src/lib/output/view.js'
import {organizationToken} from '../fake-astro-api.js'

const NOW = new Date('2026-03-10T12:00:00Z')

/** Tokens on a Deployment, by ID, and when they expire. */
async function lineFor(expiries: Readonly<Record<string, string | undefined>>, options: ViewOptions = {}) {
  const items = Object.entries(expiries).map(([id, endAt]) => ({
    token: organizationToken(id, [], {name: `${id}-bot`, ...(endAt !== undefined && {endAt})}),
    role: 'r',
  }))
  return expiredTokensLine([...items, ...items], await readView(LIST_COLUMNS, options), NOW)
}

describe('the line about expired tokens', () => {
  it('names the token, and when it expired', async () => {
    expect(await lineFor({a: '2026-03-08T12:00:00Z', b: '2026-03-11T12:00:00Z', c: undefined})).to.equal(
      'The token a-bot (a) expired 2 days ago.',
    )
  })

  it('names each of several once', async () => {
    expect(await lineFor({a: '2026-03-08T12:00:00Z', b: '2026-03-10T12:00:00Z'})).to.equal(
      '2 tokens have expired: a-bot (a), b-bot (b).',
    )
  })

  it('names five of many, and says how to see the others', async () => {
    const many = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => [id, '2026-03-08T12:00:00Z']))
    expect(await lineFor(many)).to.equal(
      '7 tokens have expired: a-bot (a), b-bot (b), c-bot (c), d-bot (d), e-bot (e) and 2 more. ' +
        'See all: --columns id,name,expires --sort expires',
    )
  })

  it('is not there if none has expired, if the rows say so themselves, and for CSV', async () => {
    const expired = {a: '2026-03-08T12:00:00Z'}
    expect(await lineFor({a: undefined, b: '2026-03-11T12:00:00Z', c: 'soon'})).to.equal(undefined)
    expect(await lineFor(expired, {columns: 'name,expires'})).to.equal(undefined)
    expect(await lineFor(expired, {csv: true})).to.equal(undefined)
    expect(await lineFor(expired, {columns: 'name'})).to.be.a('string')
  })

  it('makes names safe to show', async () => {
    expect(await lineFor({'a\u202E': '2026-03-08T12:00:00Z'})).to.match(/^The token a\uFFFD-bot \(a\uFFFD\) expired/)
  })
})
