import {expect} from 'chai'

import {LIST_COLUMNS} from '../../../src/lib/output/columns.js'
import {expiredTokensLine} from '../../../src/lib/output/expired-tokens.js'
import {readView, type ViewOptions} from '../../../src/lib/output/view.js'
import {BARE, NOW} from './fixtures.js'

const [EXPIRED, EXPIRES_NOW, VALID] = ['2026-03-08T12:00:00Z', '2026-03-10T12:00:00Z', '2026-03-10T12:00:00.001Z']

/** The line for a list of tokens with these expiries, each token in two rows. */
async function lineFor(expiries: readonly (string | undefined)[], options: ViewOptions = {}) {
  const items = expiries.map((endAt, at) => ({token: {...BARE, id: `id${at}`, name: `bot\u202E`, endAt}, role: 'r'}))
  return expiredTokensLine([...items, ...items], await readView(LIST_COLUMNS, options), NOW)
}

describe('the line about expired tokens', () => {
  for (const [title, expiries, line] of [
    ['names the token and its expiry', [VALID, EXPIRED], 'The token bot\uFFFD (id1) expired 2 days ago.'],
    ['names several', [EXPIRED, EXPIRES_NOW], '2 tokens have expired: bot\uFFFD (id0), bot\uFFFD (id1).'],
    ['is absent if no token has expired', [undefined, VALID, 'soon'], undefined],
  ] as const) {
    it(title, async () => {
      expect(await lineFor(expiries)).to.equal(line)
    })
  }

  it('names up to five, and shows how to see the others', async () => {
    const names = [0, 1, 2, 3, 4].map((at) => `bot\uFFFD (id${at})`).join(', ')
    const expired = Array.from({length: 7}, () => EXPIRED)
    expect(await lineFor(expired.slice(2))).to.equal(`5 tokens have expired: ${names}.`)
    const more = 'and 2 more. See all: --columns id,name,expires --sort expires'
    expect(await lineFor(expired)).to.equal(`7 tokens have expired: ${names} ${more}`)
  })

  it('is absent for CSV, and if the rows show when tokens expire', async () => {
    expect(await lineFor([EXPIRED], {csv: true})).to.equal(undefined)
    expect(await lineFor([EXPIRED], {columns: 'name,expires'})).to.equal(undefined)
    expect(await lineFor([EXPIRED], {columns: 'name'})).to.be.a('string')
  })
})
