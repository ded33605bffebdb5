import {expect} from 'chai'

import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {type Login, openLogin} from '../../../src/lib/auth/login.js'
import {type LoginRefresh} from '../../../src/lib/auth/refresh-login.js'
import {DOWN, failWith, prepareHomes, reportOf} from './fixture.js'
import {inSeconds, LOGINS, OTHER, SAVED} from './login-table.js'

const noLock = async () => ({kind: 'unavailable', reason: 'EROFS'}) as const
const readOnly = async () => failWith('EROFS')

function configOf({expiresIn, organizationId, refreshToken, token, workspaceId}: SavedLogin): string {
  const entry = {token: `Bearer ${token}`, refreshtoken: refreshToken, expiresin: expiresIn}
  return JSON.stringify({contexts: {astronomer_io: {...entry, organization: organizationId, workspace: workspaceId}}})
}

describe('openLogin', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(create)

  afterEach(remove)

  /** Opens a login while the file has this one. */
  const open = async (saved: SavedLogin, inFile: SavedLogin, more: Partial<LoginRefresh> = {}): Promise<Login> => {
    await on.write(configOf(inFile))
    return openLogin(saved, {...on.options, ...more})
  }

  /** The secret of the login, and how often the provider was asked. */
  const look = (login: Login) => [login.bearer(), on.astro.requests.filter(({method}) => method === 'POST').length]

  /** Reports these tokens as refused. */
  const use = async (login: Login, refused: readonly string[] = []) => {
    const found: boolean[] = []
    for (const token of refused) found.push(await login.refresh(token))
    return [...found, ...look(login)]
  }

  for (const {expected, grant, inFile, refused, saved = SAVED, seconds = 0, title} of LOGINS) {
    it(title, async () => {
      if (grant) on.astro.grant = grant
      on.astro.meanwhile = async () => {
        on.now = new Date(inSeconds(seconds))
      }

      const work = open(saved, inFile ?? saved).then(async (login) => use(login, refused))
      if (typeof expected === 'string') expect(await reportOf(async () => work)).to.have.property('kind', expected)
      else expect(await work).to.deep.equal(expected)
    })
  }

  it('has the Organization and the Workspace of the login in use', async () => {
    expect(await open(SAVED, OTHER)).to.include({organizationId: 'clorg1', workspaceId: 'clwsp1'})
    const expired = {...SAVED, expiresIn: inSeconds(0)}
    expect(await open(expired, OTHER)).to.include({organizationId: 'clorg2', workspaceId: 'clwsp2'})
  })

  it('refreshes once for concurrent requests, even if it can neither lock nor save', async () => {
    const login = await open(SAVED, SAVED, {lock: noLock, prepare: readOnly, onWarning() {}})
    const found = await Promise.all([login.refresh('old'), login.refresh('old'), login.refresh('old')])
    found.push(await login.refresh('old'), await login.refresh('new-token'))
    expect([...found, ...look(login)]).to.deep.equal([true, true, true, true, false, 'new-token', 1])
  })

  it('refreshes a refused token after a refresh that failed', async () => {
    const login = await open(SAVED, SAVED)
    const {grant} = on.astro
    on.astro.grant = DOWN
    expect(await reportOf(async () => login.refresh('old'))).to.include({kind: 'network'})
    on.astro.grant = grant
    expect([await login.refresh('old'), ...look(login)]).to.deep.equal([true, 'new-token', 2])
  })
})
