import {expect} from 'chai'
import {lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {type LoginRefresh, refreshLogin} from '../../../src/lib/auth/refresh-login.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'
import {
  AUTH_CONFIG,
  CONFIG,
  EXPIRED,
  EXPIRING,
  prepareRefresh,
  REFRESHED,
  type RefreshFixture,
  REFUSED,
  ROTATED,
  UNLESS_REFRESHED,
} from './refresh-fixture.js'

const heldByAnother: LoginRefresh['lock'] = async (_, {purpose}) => {
  throw new AstroError('conflict', `Process 7 has been at ${purpose}.`)
}

const noLock: LoginRefresh['lock'] = async () => {
  throw Object.assign(new Error('read-only'), {code: 'EROFS'})
}

describe('refreshLogin', () => {
  let on: RefreshFixture

  beforeEach(async () => {
    on = await prepareRefresh()
  })

  afterEach(async () => {
    await on.remove()
  })

  it('gives the refreshed login, and saves two values of it', async () => {
    const result = await refreshLogin(on.refresh(), EXPIRED)

    expect(result).to.deep.equal({
      login: {
        token: 'new-token',
        refreshToken: 'old-refresh',
        expiresIn: '2026-03-10T13:00:00Z',
        organizationId: undefined,
        workspaceId: undefined,
      },
      outcome: 'refreshed',
    })
    expect(await readFile(on.path, 'utf8')).to.equal(REFRESHED)
    expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    expect(on.warnings).to.deep.equal([])
  })

  it('saves the refresh token too where the provider gives another one', async () => {
    on.answers = [AUTH_CONFIG, ROTATED]

    const {login} = await refreshLogin(on.refresh(), EXPIRED)

    expect(login).to.have.property('refreshToken', 'new-refresh')
    expect(await readFile(on.path, 'utf8')).to.equal(REFRESHED.replace('old-refresh', 'new-refresh'))
  })

  it('keeps the mode of the file, and a symbolic link', async () => {
    const link = join(on.folder, 'link.yaml')
    await symlink('config.yaml', link)

    await refreshLogin(on.refresh({path: link}), EXPIRED)

    const {mode} = await stat(on.path)
    expect(mode.toString(8)).to.equal('100600')
    expect(await readlink(link)).to.equal('config.yaml')
    expect(await readFile(on.path, 'utf8')).to.equal(REFRESHED)
    expect(await readdir(on.folder)).to.have.members(['config.yaml', 'link.yaml'])
  })

  it('saves into the folder of the file that a link leads to, and locks there', async () => {
    const home = join(on.folder, 'home')
    await mkdir(home)
    await symlink(on.path, join(home, 'config.yaml'))
    const locks: string[] = []
    const lock: LoginRefresh['lock'] = async (lockPath) => {
      locks.push(lockPath)
      return {isHeld: async () => true, async release() {}}
    }

    await refreshLogin(on.refresh({path: join(home, 'config.yaml'), lock}), EXPIRED)

    expect(locks).to.deep.equal([`${on.path}.renewal`])
    expect((await lstat(join(home, 'config.yaml'))).isSymbolicLink()).to.equal(true)
    expect(await readFile(on.path, 'utf8')).to.equal(REFRESHED)
  })

  it('saves the entry that the login comes from', async () => {
    await refreshLogin(on.refresh({contextKey: 'localhost'}), EXPIRED)

    expect(await readFile(on.path, 'utf8')).to.equal(
      CONFIG.replace('localhost: {token: Bearer old-token', 'localhost: {token: Bearer new-token'),
    )
  })

  describe('together with others', () => {
    it('refreshes once, however many ask at once', async () => {
      const all = await Promise.all(Array.from({length: 10}, async () => refreshLogin(on.refresh(), UNLESS_REFRESHED)))

      expect(all.map(({login}) => login.token)).to.deep.equal(Array.from({length: 10}, () => 'new-token'))
      expect(all.filter(({outcome}) => outcome === 'refreshed')).to.have.length(1)
      expect(on.requests).to.have.length(2)
      expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    })

    it('leaves alone the plain file that the Astro CLI uses as its lock', async () => {
      await writeFile(`${on.path}.lock`, '')

      await refreshLogin(on.refresh(), EXPIRED)

      expect(await readFile(on.path, 'utf8')).to.equal(REFRESHED)
      expect(await readFile(`${on.path}.lock`, 'utf8')).to.equal('')
    })

    it('takes the login that is in the file once the lock is there', async () => {
      const afterAnother = on.refresh({
        async lock() {
          await writeFile(on.path, REFRESHED)
          return {isHeld: async () => true, async release() {}}
        },
      })

      const {login, outcome} = await refreshLogin(afterAnother, UNLESS_REFRESHED)

      expect([login.token, outcome]).to.deep.equal(['new-token', 'reused'])
      expect(on.requests).to.deep.equal([])
    })

    it('says who holds the lock when it waited in vain', async () => {
      const failure = await failureOf(async () => refreshLogin(on.refresh({lock: heldByAnother}), EXPIRED))

      expect(failure.message).to.equal('Process 7 has been at the login to astronomer.io.')
      expect(on.requests).to.deep.equal([])
    })

    it('uses a login that is still valid while another process holds the lock', async () => {
      const {login, outcome} = await refreshLogin(on.refresh({lock: heldByAnother}), EXPIRING)

      expect([login.token, outcome]).to.deep.equal(['old-token', 'postponed'])
      expect(on.requests).to.deep.equal([])
    })

    it('goes on without a lock where none can be made and the token has expired, and warns', async () => {
      await refreshLogin(on.refresh({lock: noLock}), EXPIRED)

      expect(await readFile(on.path, 'utf8')).to.equal(REFRESHED)
      expect(on.warnings).to.deep.equal([
        `The login to astronomer.io was refreshed without a lock beside ${on.path} (EROFS). ` +
          'Another command that refreshed it at the same time may be refused; then log in again with the Astro CLI: astro login astronomer.io',
      ])
    })

    it('does not refresh without a lock while the token is still valid', async () => {
      const {outcome} = await refreshLogin(on.refresh({lock: noLock}), EXPIRING)

      expect(outcome).to.equal('postponed')
      expect(on.requests).to.deep.equal([])
      expect(on.warnings).to.deep.equal([])
    })

    it('releases the lock when it fails', async () => {
      on.answers = [AUTH_CONFIG, REFUSED]

      await failureOf(async () => refreshLogin(on.refresh(), EXPIRED))

      expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    })

    it('does not save over a login that came meanwhile', async () => {
      const newer = CONFIG.replace('old-token', 'newer-token').replace('old-refresh', 'newer-refresh')
      on.meanwhile = async () => {
        await writeFile(on.path, newer)
      }

      const {login} = await refreshLogin(on.refresh(), EXPIRED)

      expect(login.token).to.equal('new-token')
      expect(await readFile(on.path, 'utf8')).to.equal(newer)
      expect(on.warnings).to.deep.equal([])
    })

    it('does not bring a login back that was signed out meanwhile', async () => {
      const signedOut = CONFIG.replace('Bearer old-token', "'Bearer '")
      on.meanwhile = async () => {
        await writeFile(on.path, signedOut)
      }

      await refreshLogin(on.refresh(), EXPIRED)

      expect(await readFile(on.path, 'utf8')).to.equal(signedOut)
    })

    it('keeps what others changed in the file meanwhile', async () => {
      on.meanwhile = async () => {
        await writeFile(on.path, `${CONFIG}context: localhost\n`)
      }

      await refreshLogin(on.refresh(), EXPIRED)

      expect(await readFile(on.path, 'utf8')).to.equal(`${REFRESHED}context: localhost\n`)
    })

    it('takes the login of someone who used up the refresh token just before', async () => {
      const newer = REFRESHED.replace('old-refresh', 'newer-refresh')
      on.meanwhile = async () => {
        await writeFile(on.path, newer)
      }

      on.answers = [AUTH_CONFIG, REFUSED]
      const {login, outcome} = await refreshLogin(on.refresh(), UNLESS_REFRESHED)

      expect(login).to.deep.include({token: 'new-token', refreshToken: 'newer-refresh'})
      expect(outcome).to.equal('reused')
      expect(await readFile(on.path, 'utf8')).to.equal(newer)
    })

    it('takes a newer login with the same refresh token where its own refresh is refused', async () => {
      on.meanwhile = async () => {
        await writeFile(on.path, REFRESHED)
      }

      on.answers = [AUTH_CONFIG, REFUSED]
      const {login, outcome} = await refreshLogin(on.refresh(), UNLESS_REFRESHED)

      expect([login.token, outcome]).to.deep.equal(['new-token', 'reused'])
    })

    it('is still refused where the newer login in the file is no good either', async () => {
      on.meanwhile = async () => {
        await writeFile(on.path, CONFIG.replace('old-token', 'other-token'))
      }

      on.answers = [AUTH_CONFIG, REFUSED]
      const failure = await failureOf(async () => refreshLogin(on.refresh(), UNLESS_REFRESHED))

      expect(failure.kind).to.equal('unauthenticated')
    })
  })
})
