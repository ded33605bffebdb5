import {expect} from 'chai'

import {createClient} from '../../../src/lib/astro-api/client.js'
import {createHttp} from '../../../src/lib/astro-api/http.js'
import {type AstroApi, createAstroApi} from '../../../src/lib/astro-api/operations.js'
import {bigWorld, bigWorldId} from '../../astro-api/big-world.js'
import {type AstroApi as Emulator, startAstroApi} from '../../astro-api/server.js'
import {ids, seedWorld, type World} from '../../astro-api/world.js'

describe('the operations of the Astro API', () => {
  let emulator: Emulator
  let api: AstroApi

  async function start(world: World): Promise<void> {
    emulator = await startAstroApi({world})
    const http = createHttp({env: {}, random: () => 0, userAgent: 'tests/1.0'})
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

  it('reads a token by its ID', async () => {
    await start(seedWorld())
    expect(await api.getToken(ids.tokens.deployBot)).to.include({name: 'deploy-bot', scope: 'ORGANIZATION'})
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
