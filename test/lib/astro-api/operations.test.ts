import {expect} from 'chai'

import {createClient} from '../../../src/lib/astro-api/client.js'
import {createHttp} from '../../../src/lib/astro-api/http.js'
import {type AstroApi, createAstroApi} from '../../../src/lib/astro-api/operations.js'
import {bigWorld, bigWorldId} from '../../astro-api/big-world.js'
import {type AstroApi as Emulator, startAstroApi} from '../../astro-api/server.js'
import {ids, seedWorld, type World} from '../../astro-api/world.js'
import {fakeClock} from '../service-options.js'
import {failureOf} from '../support.js'

describe('the operations of the Astro API', () => {
  let emulator: Emulator
  let api: AstroApi

  async function start(world: World): Promise<void> {
    emulator = await startAstroApi({world})
    const http = createHttp({clock: fakeClock(), env: {}, userAgent: 'tests/1.0'})
    const secret = emulator.apiToken()
    api = createAstroApi(createClient(http, {apiHost: emulator.url, bearer: () => secret}), ids.organization)
  }

  afterEach(async () => {
    await emulator.close()
  })

  it('lists a token that moves to another page while the list is read', async () => {
    await start(bigWorld({tokens: 2500, deployments: 5, rolesPerToken: 1}))
    emulator.inject({operationId: 'listApiTokens', action: {kind: 'actAfter', run: replaceOldestToken}})

    const tokens = await api.listTokens({includeOnlyOrganizationTokens: true})

    expect(new Set(tokens.map(({id}) => id))).to.deep.equal(new Set(emulator.world.tokens.map(({id}) => id)))
    expect(emulator.requests).to.have.length(6)
  })

  describe('a token that is read by its ID', () => {
    const id = ids.tokens.deployBot

    beforeEach(async () => {
      await start(seedWorld())
    })

    /** Answers the next read with a token that has a role with this further JSON in it, and this JSON of its own. */
    function injectToken({ofRole = '', ofToken = ''}: {ofRole?: string; ofToken?: string}): void {
      const role = `{"entityType":"DEPLOYMENT","entityId":"a","role":"r"${ofRole}}`
      const body = `{"id":"${id}","name":"n","scope":"ORGANIZATION"${ofToken},"roles":[${role}]}`
      emulator.inject({operationId: 'getApiToken', action: {kind: 'body', body}})
    }

    it('has the roles that the API sent', async () => {
      const {roles} = emulator.world.tokens.find((token) => token.id === id) ?? {}
      expect(await api.getToken(id)).to.deep.include({name: 'deploy-bot', roles})
      expect(await api.getTokenForWrite(id)).to.deep.include({name: 'deploy-bot', roles})
    })

    for (const [what, ofRole, message] of [
      ['a number that JavaScript does not have', ',"since":9007199254740993', '9007199254740993 in them would change.'],
      ['an infinite number', ',"nested":[{"limit":1e400}]', '1e400 in them would change.'],
      ['a negative zero', ',"offset":-0', '-0 in them would change.'],
      ['20,000 levels', `,"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'they are nested too deeply.'],
    ] as const) {
      it(`is not for a write if its roles have ${what}`, async () => {
        injectToken({ofRole})

        const error = await failureOf(async () => api.getTokenForWrite(id))

        expect(error.kind).to.equal('api')
        expect(error.message).to.equal(`The roles of token ${id} cannot be sent back as they are: ${message}`)
        expect(error.details.hint).to.be.a('string')
        expect(emulator.requests).to.have.length(1)
      })

      it(`can be looked at even if its roles have ${what}`, async () => {
        injectToken({ofRole})
        expect(await api.getToken(id)).to.have.nested.property('roles[0].role', 'r')
      })
    }

    it('is for a write if only other fields would change', async () => {
      injectToken({ofToken: ',"usage":9007199254740993', ofRole: ',"weight":1.0'})
      expect(await api.getTokenForWrite(id)).to.have.nested.property('roles[0].role', 'r')
    })
  })
})

/** Deletes a token and creates another one, so that the total stays the same. */
function replaceOldestToken({tokens}: World): void {
  const [oldest] = tokens.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
  if (!oldest) throw new Error('there is no token')
  tokens.splice(tokens.indexOf(oldest), 1, {
    ...oldest,
    createdAt: new Date().toISOString(),
    id: bigWorldId('token', 9999),
  })
}
