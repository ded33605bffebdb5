import {expect} from 'chai'
import {readlink, rename, rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'

import {type LoginNeeds, type LoginRefresh, refreshLogin} from '../../../src/lib/auth/refresh-login.js'
import {prepareReplacement} from '../../../src/lib/auth/replace-file.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failWith, prepareHomes, reportOf} from './fixture.js'
import {CONFIG, type Fault, REFRESHED, REFRESHES, type Validity} from './refresh-login-table.js'

const isOther: LoginNeeds['isFresh'] = ({token}) => token !== 'old-token'
const NEEDS: Readonly<Record<Validity, LoginNeeds>> = {
  expired: {isFresh: () => false, isUsable: () => false},
  expiring: {isFresh: () => false, isUsable: () => true},
  'only the old one has expired': {isFresh: isOther, isUsable: isOther},
}

const FAULTS: Readonly<Record<Fault, () => Partial<LoginRefresh>>> = {
  'cannot lock': () => ({lock: async () => ({kind: 'unavailable', reason: 'EROFS'})}),
  'locked by another': () => ({
    async lock(path) {
      const holder = {id: '00000000000000aa', machine: '', pid: 7}
      return {kind: 'busy', path, found: {id: holder.id, holder, modifiedAt: 0}}
    },
  }),
  'cannot prepare': () => ({prepare: async () => failWith('ENOSPC')}),
  'cannot prepare at first'() {
    let tries = 0
    return {
      prepare: async (path, size) => (tries++ === 0 ? failWith('ENOSPC') : prepareReplacement(path, size)),
    }
  },
  'cannot commit': () => ({
    prepare: async (path, size) =>
      prepareReplacement(path, size, {
        async write(file, bytes) {
          await file.write(bytes, 0, 4, 0)
          if (bytes.byteLength < size) await failWith('ENOSPC')
        },
      }),
  }),
}

describe('refreshLogin', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(async () => {
    await create()
    await on.write(CONFIG)
  })

  afterEach(remove)

  const refresh = async (options: Partial<LoginRefresh> = {}, validity: Validity = 'expired') =>
    refreshLogin({...on.options, ...options}, NEEDS[validity])

  for (const [title, validity, {before = CONFIG, contextKey, fault, meanwhile, ...responses}, expected] of REFRESHES) {
    it(title, async () => {
      await on.write(before)
      Object.assign(on.astro, responses)
      if (meanwhile !== undefined) on.astro.meanwhile = async () => on.write(meanwhile)
      const reports: unknown[] = []
      const result = await refresh(
        {
          onRefresh: () => reports.push('started'),
          onOutcome: (report) => reports.push(report),
          ...(fault && FAULTS[fault]()),
          ...(contextKey && {contextKey}),
        },
        validity,
      ).then(
        ({login, outcome}) => ({outcome, token: login.token}),
        (error: unknown) => ({outcome: error instanceof AstroError ? error.kind : error}),
      )

      const warnings = on.warnings.splice(0).map((warning) => warning.replaceAll(on.path, 'FILE'))
      const requests = on.astro.requests.length
      expect({...result, requests, warnings, file: await on.read()}).to.deep.equal(expected)
      const report = {outcome: expected.token ? expected.outcome : 'failed', milliseconds: 0}
      expect(reports).to.deep.equal(requests > 1 ? ['started', report] : [report])
    })
  }

  it('fails as expired if the file is missing', async () => {
    await rm(on.path)
    expect(await reportOf(async () => refresh())).to.include({
      message: 'The login to astronomer.io has expired.',
      hint: 'Log in again with the Astro CLI: astro login astronomer.io',
    })
  })

  it('keeps the refresh token if the provider returns no other', async () => {
    expect((await refresh()).login).to.include({token: 'new-token', refreshToken: 'old-refresh'})
  })

  it('refreshes once for ten concurrent calls', async () => {
    const results = await Promise.all(Array.from({length: 10}, async () => refresh({}, 'only the old one has expired')))
    const outcomes = results.map(({login, outcome}) => `${login.token} ${outcome}`).sort()
    expect(outcomes).to.deep.equal(['new-token refreshed', ...Array.from({length: 9}, () => 'new-token reused')].sort())
    expect(on.astro.requests).to.have.length(2)
  })

  it('follows a symbolic link, and locks beside the file itself', async () => {
    const file = join(on.home, 'mine.yaml')
    await rename(on.path, file)
    await symlink(file, on.path)
    const locks: unknown[] = []

    await refresh({
      async lock(path, {settlesAfterTakeOver}) {
        locks.push([path, settlesAfterTakeOver])
        const release = async () => {
          locks.push('released')
        }

        return {kind: 'held', lock: {isHeld: async () => true, release}}
      },
    })

    expect(locks).to.deep.equal([[`${file}.renewal`, false], 'released'])
    expect([await readlink(on.path), await on.read()]).to.deep.equal([file, REFRESHED])
  })

  it('announces the refresh before it sends the refresh token, until the new login is saved', async () => {
    let saved: Promise<unknown> | undefined
    on.astro.meanwhile = async () => {
      expect(saved).to.be.instanceOf(Promise)
    }

    await refresh({
      onRefresh(work, domain) {
        expect([on.astro.requests.length, domain.name]).to.deep.equal([1, 'astronomer.io'])
        saved = work.then(async () => on.read())
      },
    })
    expect(await saved).to.equal(REFRESHED)
  })
})
