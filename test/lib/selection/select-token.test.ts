import {expect} from 'chai'

import {type AstroApi} from '../../../src/lib/astro-api/operations.js'
import {AstroError} from '../../../src/lib/errors.js'
import {ORGANIZATION_TOKENS} from '../../../src/lib/roles/scope.js'
import {selectTokenId, type TokenSearch, type TokenSelector} from '../../../src/lib/selection/select-token.js'
import {fakeAstroApi, type Organization} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {FAILURES, on, rankedOn, SELECTED, TOKENS} from './select-token-table.js'

async function select(selector: TokenSelector, search?: TokenSearch, more: Partial<Organization> = {}) {
  const api = fakeAstroApi({tokens: TOKENS, ...more})
  return {id: await selectTokenId(api, ORGANIZATION_TOKENS, selector, search), calls: api.calls}
}

describe('selectTokenId', () => {
  for (const [title, selector, search, id, calls] of SELECTED) {
    it(title, async () => {
      expect(await select(selector, search)).to.deep.equal({id, calls})
    })
  }

  for (const [selector, search, message, details] of FAILURES) {
    it(`fails: ${message}`, async () => {
      const kind = message.startsWith('3') ? 'ambiguous' : 'not_found'
      expect(await failureOf(async () => select(selector, search))).to.deep.include({kind, message, details})
    })
  }

  it('reads a token by its ID before it ranks it if the list omits its roles', async () => {
    expect(await select({name: 'etl'}, rankedOn('d1'), {listTokens: withoutRoles})).to.deep.equal({
      id: 'a',
      calls: [on('d1'), ['getToken', 'a']],
    })
  })

  it('ignores tokens of another scope in a list of Organization tokens', async () => {
    const failure = await failureOf(async () => select({name: 'foreign'}, {}, {listTokens: ofAnyScope}))
    expect(failure.message).to.match(/^"foreign" \(foreign\) is a token of scope WORKSPACE/)
  })

  it('searches the whole Organization if the Deployment does not exist', async () => {
    const search = {onDeployment: 'd9'}
    expect((await select({name: 'orders-prod'}, search, {listTokens: withoutDeployments})).id).to.equal('prod')
  })

  for (const [kind, search] of [
    ['not_found', {}],
    ['forbidden', {onDeployment: 'd1'}],
  ] as const) {
    it(`passes on a list's ${kind} error`, async () => {
      const error = new AstroError(kind, 'No.')
      const listTokens: ListTokens = async (filter) => {
        if (Object.keys(filter).length > 0) throw error
        return []
      }

      expect(await failureOf(async () => select({name: 'etl'}, search, {listTokens}))).to.equal(error)
    })
  }
})

type ListTokens = AstroApi['listTokens']
const withoutRoles: ListTokens = async () => [{id: 'a', name: 'etl', scope: 'ORGANIZATION'}]
const ofAnyScope: ListTokens = async () => TOKENS
const withoutDeployments: ListTokens = async ({deploymentId}) => {
  if (deploymentId === undefined) return TOKENS
  throw new AstroError('not_found', 'No such Deployment.')
}
