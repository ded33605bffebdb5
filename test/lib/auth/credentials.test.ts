import {expect} from 'chai'
import {inspect} from 'node:util'

import {readCredentials} from '../../../src/lib/auth/credentials.js'
import {jwt} from '../support.js'
import {CONFIG, FOUND, NOT_FOUND, SUGGESTED, TOKEN} from './credentials-table.js'
import {NOW, prepareHomes, reportOf} from './fixture.js'

const EXP = NOW.getTime() / 1000 + 3600
const API_TOKEN = jwt({permissions: ['organizationId:clorg-of-token'], exp: EXP})
const USER_TOKEN = jwt({sub: 'auth0|123', exp: EXP})

describe('readCredentials', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(create)

  const read = async (env: Readonly<Record<string, string>>, home = '') =>
    readCredentials({
      ...on.options,
      env: {ASTRO_HOME: on.home, ...env, ASTRO_API_TOKEN: env.ASTRO_API_TOKEN?.replace(TOKEN, API_TOKEN)},
      home,
    })

  afterEach(async () => {
    expect(on.astro.requests).to.deep.equal([])
    await remove()
  })

  for (const [title, env, config, secret, apiHost, organizationId] of FOUND) {
    it(title, async () => {
      await on.write(config)
      const {bearer, domain, organizationId: found} = await read(env)
      const expected = [secret.replace(TOKEN, API_TOKEN), apiHost, organizationId]
      expect([bearer(), domain.apiHost, found]).to.deep.equal(expected)
    })
  }

  for (const [title, env, config, error] of NOT_FOUND) {
    it(title, async () => {
      await on.write(config)
      expect(await reportOf(async () => read(env))).to.include(error)
    })
  }

  for (const [env, config, suggested] of SUGGESTED) {
    it(`suggests ${suggested ?? 'no Organization'} for ${JSON.stringify([env, config.slice(0, 120)])}`, async () => {
      await on.write(config)
      const {organizationId, savedOrganizationId} = await read({...env, ASTRO_API_TOKEN: USER_TOKEN})
      expect([organizationId, await savedOrganizationId?.()]).to.deep.equal([undefined, suggested])
    })
  }

  for (const [env, home, folder] of [
    [{ASTRO_HOME: '.'}, '/home/me', 'ASTRO_HOME'],
    [{ASTRO_HOME: ''}, 'home', 'the home directory'],
    [{ASTRO_HOME: ''}, '', undefined],
  ] as const) {
    it(`reads no config file under ${JSON.stringify({...env, home})}`, async () => {
      const {domain} = await read({...env, ASTRO_API_TOKEN: TOKEN}, home)
      expect(domain.name).to.equal('astronomer.io')
      expect(await reportOf(async () => read(env, home))).to.include({kind: 'unauthenticated'})
      const warning = `The Astro CLI's config file is not read, because ${folder ?? ''} is not an absolute path.`
      expect(on.warnings.splice(0)).to.deep.equal(folder ? [warning, warning] : [])
    })
  }

  it('refreshes the login of the context', async () => {
    await on.write(CONFIG.replace('14:00', '12:00'))
    const {bearer} = await read({})
    expect([bearer(), on.astro.requests.splice(0).length]).to.deep.equal(['new-token', 2])
    expect(await on.read()).to.equal(CONFIG.replace('secret-of-stage', 'new-token').replace('14:00', '13:00'))
  })

  it('prints no secret', async () => {
    await on.write(CONFIG)
    for (const credentials of [await read({}), await read({ASTRO_API_TOKEN: TOKEN})]) {
      const inspected = inspect(credentials, {depth: null, showHidden: true, getters: true})
      const printed = [inspected, JSON.stringify(credentials), String(credentials.bearer)].join('\n')
      for (const secret of ['secret-of-', 'refresh-secret', API_TOKEN]) expect(printed).not.to.contain(secret)
    }
  })
})
