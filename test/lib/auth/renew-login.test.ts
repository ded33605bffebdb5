import {expect} from 'chai'
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Http, type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {type LoginRenewal, renewLogin} from '../../../src/lib/auth/renew-login.js'
import {replaceFile} from '../../../src/lib/auth/replace-file.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf, textOf} from '../support.js'

const NOW = new Date('2026-03-10T12:00:00.750Z')
const DOMAIN = {name: 'astronomer.io', apiHost: 'https://api.astronomer.io'}
const AUTH_CONFIG = {clientId: 'client-1', domainUrl: 'https://auth.astronomer.io/'}
const GRANTED = {access_token: 'new-token', expires_in: 3600}
const ROTATED = {...GRANTED, refresh_token: 'new-refresh'}
const REFUSED = new AstroError('invalid_request', 'no', {status: 400})

const CONFIG = `# mine
contexts:
  astronomer_io: {token: Bearer old-token, refreshtoken: old-refresh, expiresin: "2026-03-10T11:00:00Z"} # here
  localhost: {token: Bearer old-token, refreshtoken: old-refresh, organization: clorg2}
`
const RENEWED = CONFIG.replace('old-token', 'new-token').replace('11:00:00Z', '13:00:00Z')
const NEVER = () => false
const isRenewed = ({token}: {readonly token: string}) => token === 'new-token'

const heldByAnother: LoginRenewal['lock'] = async (_, {purpose}) => {
  throw new AstroError('conflict', `Process 7 has been at ${purpose}.`)
}

const noLock: LoginRenewal['lock'] = async () => {
  throw Object.assign(new Error('read-only'), {code: 'EROFS'})
}

describe('renewLogin', () => {
  let folder: string
  let path: string
  let requests: HttpRequest[]
  let warnings: string[]
  /** What auth-config and then the provider answer. */
  let answers: readonly unknown[]
  /** What others do while the provider is asked. */
  let meanwhile: () => Promise<void>

  const http: Http = async (request) => {
    const answer = answers[requests.length]
    requests.push(request)
    if (request.method === 'POST') await meanwhile()
    if (answer instanceof Error) throw answer
    return answer
  }

  const renewal = (more: Partial<LoginRenewal> = {}): LoginRenewal => ({
    path,
    domain: DOMAIN,
    now: () => NOW,
    http: async () => http,
    onWarning(warning) {
      warnings.push(warning)
    },
    ...more,
  })

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'astro-renewal-')))
    path = join(folder, 'config.yaml')
    await writeFile(path, CONFIG, {mode: 0o600})
    requests = []
    warnings = []
    answers = [AUTH_CONFIG, GRANTED]
    meanwhile = async () => {}
  })

  afterEach(async () => {
    await rm(folder, {recursive: true})
  })

  it('gives the renewed login, and saves two values of it', async () => {
    const login = await renewLogin(renewal(), NEVER)

    expect(login).to.deep.equal({
      token: 'new-token',
      refreshToken: 'old-refresh',
      expiresIn: '2026-03-10T13:00:00Z',
      organizationId: undefined,
      isNew: true,
    })
    expect(await readFile(path, 'utf8')).to.equal(RENEWED)
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
    expect(warnings).to.deep.equal([])
  })

  it('saves the refresh token too where the provider gives another one', async () => {
    answers = [AUTH_CONFIG, ROTATED]

    const login = await renewLogin(renewal(), NEVER)

    expect(login).to.have.property('refreshToken', 'new-refresh')
    expect(await readFile(path, 'utf8')).to.equal(RENEWED.replace('old-refresh', 'new-refresh'))
  })

  it('keeps the mode of the file, and a symbolic link', async () => {
    const link = join(folder, 'link.yaml')
    await symlink('config.yaml', link)

    await renewLogin(renewal({path: link}), NEVER)

    const {mode} = await stat(path)
    expect(mode.toString(8)).to.equal('100600')
    expect(await readlink(link)).to.equal('config.yaml')
    expect(await readFile(path, 'utf8')).to.equal(RENEWED)
    expect(await readdir(folder)).to.have.members(['config.yaml', 'link.yaml'])
  })

  it('saves into the folder of the file that a link leads to, and locks there', async () => {
    const home = join(folder, 'home')
    await mkdir(home)
    await symlink(path, join(home, 'config.yaml'))
    const locks: string[] = []
    const lock: LoginRenewal['lock'] = async (lockPath) => {
      locks.push(lockPath)
      return {isHeld: async () => true, async release() {}}
    }

    await renewLogin(renewal({path: join(home, 'config.yaml'), lock}), NEVER)

    expect(locks).to.deep.equal([`${path}.renewal`])
    expect((await lstat(join(home, 'config.yaml'))).isSymbolicLink()).to.equal(true)
    expect(await readFile(path, 'utf8')).to.equal(RENEWED)
  })

  describe('together with others', () => {
    it('renews once, however many ask at once', async () => {
      const all = await Promise.all(Array.from({length: 10}, async () => renewLogin(renewal(), isRenewed)))

      expect(all.map(({token}) => token)).to.deep.equal(Array.from({length: 10}, () => 'new-token'))
      expect(all.filter(({isNew}) => isNew)).to.have.length(1)
      expect(requests).to.have.length(2)
      expect(await readdir(folder)).to.deep.equal(['config.yaml'])
    })

    it('leaves alone the plain file that the Astro CLI uses as its lock', async () => {
      await writeFile(`${path}.lock`, '')

      await renewLogin(renewal(), NEVER)

      expect(await readFile(path, 'utf8')).to.equal(RENEWED)
      expect(await readFile(`${path}.lock`, 'utf8')).to.equal('')
    })

    it('takes the login that is in the file once the lock is there', async () => {
      const afterAnother = renewal({
        async lock() {
          await writeFile(path, RENEWED)
          return {isHeld: async () => true, async release() {}}
        },
      })

      const login = await renewLogin(afterAnother, ({expiresIn}) => expiresIn === '2026-03-10T13:00:00Z')

      expect(login).to.deep.include({token: 'new-token', isNew: false})
      expect(requests).to.deep.equal([])
    })

    it('says who holds the lock when it waited in vain', async () => {
      const failure = await failureOf(async () => renewLogin(renewal({lock: heldByAnother}), NEVER))

      expect(failure.message).to.equal('Process 7 has been at the renewal of the login to astronomer.io.')
      expect(requests).to.deep.equal([])
    })

    it('goes on without a lock where none can be made', async () => {
      await renewLogin(renewal({lock: noLock}), NEVER)

      expect(await readFile(path, 'utf8')).to.equal(RENEWED)
    })

    it('releases the lock when it fails', async () => {
      answers = [AUTH_CONFIG, REFUSED]

      await failureOf(async () => renewLogin(renewal(), NEVER))

      expect(await readdir(folder)).to.deep.equal(['config.yaml'])
    })

    it('does not save over a login that came meanwhile', async () => {
      const newer = CONFIG.replace('old-token', 'newer-token').replace('old-refresh', 'newer-refresh')
      meanwhile = async () => {
        await writeFile(path, newer)
      }

      const login = await renewLogin(renewal(), NEVER)

      expect(login.token).to.equal('new-token')
      expect(await readFile(path, 'utf8')).to.equal(newer)
      expect(warnings).to.deep.equal([])
    })

    it('keeps what others changed in the file meanwhile', async () => {
      meanwhile = async () => {
        await writeFile(path, `${CONFIG}context: localhost\n`)
      }

      await renewLogin(renewal(), NEVER)

      expect(await readFile(path, 'utf8')).to.equal(`${RENEWED}context: localhost\n`)
    })

    it('takes the login of someone who used up the refresh token just before', async () => {
      const newer = RENEWED.replace('old-refresh', 'newer-refresh')
      meanwhile = async () => {
        await writeFile(path, newer)
      }

      answers = [AUTH_CONFIG, REFUSED]
      const login = await renewLogin(renewal(), isRenewed)

      expect(login).to.deep.include({token: 'new-token', refreshToken: 'newer-refresh', isNew: false})
      expect(await readFile(path, 'utf8')).to.equal(newer)
    })
  })

  describe('when it fails, leaves the file as it is', () => {
    const failures: readonly (readonly [what: string, kind: string, answers: readonly unknown[]])[] = [
      ['a refusal', 'unauthenticated', [AUTH_CONFIG, REFUSED]],
      ['a provider that is down', 'network', [AUTH_CONFIG, new AstroError('api', 'down', {status: 503})]],
      ['an API that is down', 'network', [new AstroError('network', 'no connection')]],
      ['an answer that is not as documented', 'api', [AUTH_CONFIG, {}]],
    ]
    for (const [what, kind, given] of failures) {
      it(`after ${what}`, async () => {
        const before = await stat(path)
        answers = given

        const failure = await failureOf(async () => renewLogin(renewal(), NEVER))

        const after = await stat(path)
        expect(failure.kind).to.equal(kind)
        expect(textOf(failure)).not.to.contain('old-refresh').and.not.contain('old-token')
        expect(await readFile(path, 'utf8')).to.equal(CONFIG)
        expect([after.ino, after.mtimeMs]).to.deep.equal([before.ino, before.mtimeMs])
      })
    }

    it('and says to log in where the login has gone from the file', async () => {
      await writeFile(path, 'contexts: {}\n')
      const failure = await failureOf(async () => renewLogin(renewal(), NEVER))
      expect(failure.kind).to.equal('unauthenticated')
      expect(failure.details.hint).to.equal('Log in again: astro login astronomer.io')
      expect(requests).to.deep.equal([])
    })

    it('and names the file where it is broken now', async () => {
      await writeFile(path, '- broken\n')
      const failure = await failureOf(async () => renewLogin(renewal(), NEVER))
      expect(failure.kind).to.equal('config')
      expect(failure.message).to.contain(path)
      expect(await readdir(folder)).to.deep.equal(['config.yaml'])
    })
  })

  describe('where it cannot be saved', () => {
    for (const code of ['ENOSPC', 'EACCES', 'EROFS']) {
      const replace: LoginRenewal['replace'] = async (file, content) =>
        replaceFile(file, content, {
          async write(handle) {
            await handle.writeFile('half')
            throw Object.assign(new Error(`${content} does not fit`), {code})
          },
        })

      it(`goes on with the renewed login and a warning after ${code}`, async () => {
        const login = await renewLogin(renewal({replace}), NEVER)

        expect(login).to.deep.include({token: 'new-token', isNew: true})
        expect(warnings).to.deep.equal([
          `The renewed login to astronomer.io could not be saved in ${path} (${code}). The next command renews it again.`,
        ])
        expect(await readFile(path, 'utf8')).to.equal(CONFIG)
        expect(await readdir(folder)).to.deep.equal(['config.yaml'])
      })

      it(`says after ${code} that one has to log in where the saved refresh token is used up`, async () => {
        answers = [AUTH_CONFIG, ROTATED]

        const login = await renewLogin(renewal({replace}), NEVER)

        expect(login.token).to.equal('new-token')
        expect(warnings).to.have.length(1)
        expect(warnings[0]).to.contain(`in ${path} (${code})`).and.contain('run astro login astronomer.io')
        expect(warnings[0]).not.to.contain('-refresh').and.not.contain('-token')
        expect(await readFile(path, 'utf8')).to.equal(CONFIG)
      })
    }

    it('warns where other values of the file hang on the login', async () => {
      const aliased = CONFIG.replace('{token', '&mine {token').replace(/localhost: .*/, 'localhost: *mine')
      await writeFile(path, aliased)

      const login = await renewLogin(renewal(), NEVER)

      expect(login.token).to.equal('new-token')
      expect(warnings[0]).to.contain('(other values depend on it)')
      expect(await readFile(path, 'utf8')).to.equal(aliased)
    })

    it('warns where the file was broken meanwhile', async () => {
      meanwhile = async () => {
        await writeFile(path, '- broken\n')
      }

      const login = await renewLogin(renewal(), NEVER)

      expect(login.token).to.equal('new-token')
      expect(warnings).to.have.length(1)
      expect(await readFile(path, 'utf8')).to.equal('- broken\n')
    })
  })
})
