import {expect} from 'chai'
import {lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {type LoginRenewal, renewLogin} from '../../../src/lib/auth/refresh-login.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'
import {
  AUTH_CONFIG,
  CONFIG,
  isRenewed,
  NEVER,
  prepareRenewal,
  REFUSED,
  type RenewalFixture,
  RENEWED,
  ROTATED,
} from './refresh-fixture.js'

const heldByAnother: LoginRenewal['lock'] = async (_, {purpose}) => {
  throw new AstroError('conflict', `Process 7 has been at ${purpose}.`)
}

const noLock: LoginRenewal['lock'] = async () => {
  throw Object.assign(new Error('read-only'), {code: 'EROFS'})
}

describe('renewLogin', () => {
  let on: RenewalFixture

  beforeEach(async () => {
    on = await prepareRenewal()
  })

  afterEach(async () => {
    await on.remove()
  })

  it('gives the renewed login, and saves two values of it', async () => {
    const login = await renewLogin(on.renewal(), NEVER)

    expect(login).to.deep.equal({
      token: 'new-token',
      refreshToken: 'old-refresh',
      expiresIn: '2026-03-10T13:00:00Z',
      organizationId: undefined,
      workspaceId: undefined,
      isNew: true,
    })
    expect(await readFile(on.path, 'utf8')).to.equal(RENEWED)
    expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    expect(on.warnings).to.deep.equal([])
  })

  it('saves the refresh token too where the provider gives another one', async () => {
    on.answers = [AUTH_CONFIG, ROTATED]

    const login = await renewLogin(on.renewal(), NEVER)

    expect(login).to.have.property('refreshToken', 'new-refresh')
    expect(await readFile(on.path, 'utf8')).to.equal(RENEWED.replace('old-refresh', 'new-refresh'))
  })

  it('keeps the mode of the file, and a symbolic link', async () => {
    const link = join(on.folder, 'link.yaml')
    await symlink('config.yaml', link)

    await renewLogin(on.renewal({path: link}), NEVER)

    const {mode} = await stat(on.path)
    expect(mode.toString(8)).to.equal('100600')
    expect(await readlink(link)).to.equal('config.yaml')
    expect(await readFile(on.path, 'utf8')).to.equal(RENEWED)
    expect(await readdir(on.folder)).to.have.members(['config.yaml', 'link.yaml'])
  })

  it('saves into the folder of the file that a link leads to, and locks there', async () => {
    const home = join(on.folder, 'home')
    await mkdir(home)
    await symlink(on.path, join(home, 'config.yaml'))
    const locks: string[] = []
    const lock: LoginRenewal['lock'] = async (lockPath) => {
      locks.push(lockPath)
      return {isHeld: async () => true, async release() {}}
    }

    await renewLogin(on.renewal({path: join(home, 'config.yaml'), lock}), NEVER)

    expect(locks).to.deep.equal([`${on.path}.renewal`])
    expect((await lstat(join(home, 'config.yaml'))).isSymbolicLink()).to.equal(true)
    expect(await readFile(on.path, 'utf8')).to.equal(RENEWED)
  })

  describe('together with others', () => {
    it('renews once, however many ask at once', async () => {
      const all = await Promise.all(Array.from({length: 10}, async () => renewLogin(on.renewal(), isRenewed)))

      expect(all.map(({token}) => token)).to.deep.equal(Array.from({length: 10}, () => 'new-token'))
      expect(all.filter(({isNew}) => isNew)).to.have.length(1)
      expect(on.requests).to.have.length(2)
      expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    })

    it('leaves alone the plain file that the Astro CLI uses as its lock', async () => {
      await writeFile(`${on.path}.lock`, '')

      await renewLogin(on.renewal(), NEVER)

      expect(await readFile(on.path, 'utf8')).to.equal(RENEWED)
      expect(await readFile(`${on.path}.lock`, 'utf8')).to.equal('')
    })

    it('takes the login that is in the file once the lock is there', async () => {
      const afterAnother = on.renewal({
        async lock() {
          await writeFile(on.path, RENEWED)
          return {isHeld: async () => true, async release() {}}
        },
      })

      const login = await renewLogin(afterAnother, ({expiresIn}) => expiresIn === '2026-03-10T13:00:00Z')

      expect(login).to.deep.include({token: 'new-token', isNew: false})
      expect(on.requests).to.deep.equal([])
    })

    it('says who holds the lock when it waited in vain', async () => {
      const failure = await failureOf(async () => renewLogin(on.renewal({lock: heldByAnother}), NEVER))

      expect(failure.message).to.equal('Process 7 has been at the renewal of the login to astronomer.io.')
      expect(on.requests).to.deep.equal([])
    })

    it('goes on without a lock where none can be made', async () => {
      await renewLogin(on.renewal({lock: noLock}), NEVER)

      expect(await readFile(on.path, 'utf8')).to.equal(RENEWED)
    })

    it('releases the lock when it fails', async () => {
      on.answers = [AUTH_CONFIG, REFUSED]

      await failureOf(async () => renewLogin(on.renewal(), NEVER))

      expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    })

    it('does not save over a login that came meanwhile', async () => {
      const newer = CONFIG.replace('old-token', 'newer-token').replace('old-refresh', 'newer-refresh')
      on.meanwhile = async () => {
        await writeFile(on.path, newer)
      }

      const login = await renewLogin(on.renewal(), NEVER)

      expect(login.token).to.equal('new-token')
      expect(await readFile(on.path, 'utf8')).to.equal(newer)
      expect(on.warnings).to.deep.equal([])
    })

    it('keeps what others changed in the file meanwhile', async () => {
      on.meanwhile = async () => {
        await writeFile(on.path, `${CONFIG}context: localhost\n`)
      }

      await renewLogin(on.renewal(), NEVER)

      expect(await readFile(on.path, 'utf8')).to.equal(`${RENEWED}context: localhost\n`)
    })

    it('takes the login of someone who used up the refresh token just before', async () => {
      const newer = RENEWED.replace('old-refresh', 'newer-refresh')
      on.meanwhile = async () => {
        await writeFile(on.path, newer)
      }

      on.answers = [AUTH_CONFIG, REFUSED]
      const login = await renewLogin(on.renewal(), isRenewed)

      expect(login).to.deep.include({token: 'new-token', refreshToken: 'newer-refresh', isNew: false})
      expect(await readFile(on.path, 'utf8')).to.equal(newer)
    })
  })
})
