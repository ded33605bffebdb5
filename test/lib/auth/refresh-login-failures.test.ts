import {expect} from 'chai'
import {readdir, readFile, stat, writeFile} from 'node:fs/promises'

import {type LoginRefresh, refreshLogin} from '../../../src/lib/auth/refresh-login.js'
import {prepareReplacement} from '../../../src/lib/auth/replace-file.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf, textOf} from '../support.js'
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
} from './refresh-fixture.js'

function systemError(code: string): Error {
  return Object.assign(new Error(`the system says ${code}`), {code})
}

async function failToPrepare(): Promise<never> {
  throw systemError('ENOSPC')
}

describe('refreshLogin, when not all goes well', () => {
  let on: RefreshFixture

  beforeEach(async () => {
    on = await prepareRefresh()
  })

  afterEach(async () => {
    await on.remove()
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
        const before = await stat(on.path)
        on.answers = given

        const failure = await failureOf(async () => refreshLogin(on.refresh(), EXPIRED))

        const after = await stat(on.path)
        expect(failure.kind).to.equal(kind)
        expect(textOf(failure)).not.to.contain('old-refresh').and.not.contain('old-token')
        expect(await readFile(on.path, 'utf8')).to.equal(CONFIG)
        expect([after.ino, after.mtimeMs]).to.deep.equal([before.ino, before.mtimeMs])
      })
    }

    it('and says to log in where the login has gone from the file', async () => {
      await writeFile(on.path, 'contexts: {}\n')
      const failure = await failureOf(async () => refreshLogin(on.refresh(), EXPIRED))
      expect(failure.kind).to.equal('unauthenticated')
      expect(failure.details.hint).to.equal('Log in again with the Astro CLI: astro login astronomer.io')
      expect(on.requests).to.deep.equal([])
    })

    it('and names the file where it is broken now', async () => {
      await writeFile(on.path, '- broken\n')
      const failure = await failureOf(async () => refreshLogin(on.refresh(), EXPIRED))
      expect(failure.kind).to.equal('config')
      expect(failure.message).to.contain(on.path)
      expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    })
  })

  describe('where it cannot be saved', () => {
    for (const code of ['ENOSPC', 'EACCES', 'EROFS']) {
      /** Finds out before anything is sent. */
      const cannotPrepare: LoginRefresh['prepare'] = async () => {
        throw systemError(code)
      }

      /** Finds out when the new values are written, as on a disk that got full meanwhile. */
      const cannotCommit: LoginRefresh['prepare'] = async (path, size) =>
        prepareReplacement(path, size, {
          async write(file, bytes) {
            if (bytes.byteLength === size) return
            await file.write(bytes, 0, 4, 0)
            throw systemError(code)
          },
        })

      it(`does not spend the refresh token while the token is still valid: ${code}`, async () => {
        const {login, outcome} = await refreshLogin(on.refresh({prepare: cannotPrepare}), EXPIRING)

        expect([login.token, outcome]).to.deep.equal(['old-token', 'postponed'])
        expect(on.requests).to.deep.equal([])
        expect(on.warnings).to.deep.equal([])
      })

      for (const [when, prepare] of [
        ['before', cannotPrepare],
        ['after', cannotCommit],
      ] as const) {
        it(`goes on with the refreshed login and a warning after ${code} ${when} the refresh`, async () => {
          const {login, outcome} = await refreshLogin(on.refresh({prepare}), EXPIRED)

          expect([login.token, outcome]).to.deep.equal(['new-token', 'not_saved'])
          expect(on.warnings).to.deep.equal([
            `Could not save the refreshed login to astronomer.io in ${on.path} (${code}). The next command refreshes it ` +
              'again; if that fails, log in again with the Astro CLI: astro login astronomer.io',
          ])
          expect(await readFile(on.path, 'utf8')).to.equal(CONFIG)
          expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
        })

        it(`says after ${code} ${when} the refresh to log in where the saved refresh token is used up`, async () => {
          on.answers = [AUTH_CONFIG, ROTATED]

          const {login, outcome} = await refreshLogin(on.refresh({prepare}), EXPIRED)

          expect([login.token, outcome]).to.deep.equal(['new-token', 'not_saved'])
          expect(on.warnings).to.deep.equal([
            `Could not save the refreshed login to astronomer.io in ${on.path} (${code}). The saved refresh token has ` +
              'been used up; before the next command, log in again with the Astro CLI: astro login astronomer.io',
          ])
          expect(await readFile(on.path, 'utf8')).to.equal(CONFIG)
          expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
        })
      }
    }

    it('saves where that has become possible during the refresh', async () => {
      let tries = 0
      const prepare: LoginRefresh['prepare'] = async (path, size) => {
        tries += 1
        if (tries === 1) throw systemError('ENOSPC')
        return prepareReplacement(path, size)
      }

      const {outcome} = await refreshLogin(on.refresh({prepare}), EXPIRED)

      expect(outcome).to.equal('refreshed')
      expect(await readFile(on.path, 'utf8')).to.equal(REFRESHED)
      expect(on.warnings).to.deep.equal([])
    })

    for (const [what, config] of [
      ['the token', `${CONFIG.replace('Bearer old-token', '&mine $&')}x: *mine\n`],
      ['the refresh token', `${CONFIG.replace('old-refresh', '&mine $&')}x: *mine\n`],
      ['the login', CONFIG.replace('{token', '&mine {token').replace(/localhost: .*/, 'localhost: *mine')],
    ] as const) {
      it(`does not refresh while the token is still valid where other values depend on ${what}`, async () => {
        await writeFile(on.path, config)

        const {outcome} = await refreshLogin(on.refresh(), EXPIRING)

        expect(outcome).to.equal('postponed')
        expect(on.requests).to.deep.equal([])
        expect(await readFile(on.path, 'utf8')).to.equal(config)
      })

      it(`refreshes, and warns unless it could be saved, where other values depend on ${what}`, async () => {
        await writeFile(on.path, config)
        on.answers = [AUTH_CONFIG, ROTATED]

        const {login} = await refreshLogin(on.refresh(), EXPIRED)

        expect(login.token).to.equal('new-token')
        expect(on.warnings[0]).to.contain('(other values depend on it)').and.contain('astro login astronomer.io')
        expect(await readFile(on.path, 'utf8')).to.equal(config)
      })
    }

    it('warns where the file was broken meanwhile', async () => {
      on.meanwhile = async () => {
        await writeFile(on.path, '- broken\n')
      }

      const {login} = await refreshLogin(on.refresh(), EXPIRED)

      expect(login.token).to.equal('new-token')
      expect(on.warnings).to.have.length(1)
      expect(await readFile(on.path, 'utf8')).to.equal('- broken\n')
      expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    })
  })

  describe('where there is no answer', () => {
    const lost = new AstroError('network', 'The connection broke.')
    const down = new AstroError('api', 'down', {status: 503})

    it('uses a token that is still valid, and warns that the refresh token may be used up', async () => {
      on.answers = [AUTH_CONFIG, lost]

      const {login, outcome} = await refreshLogin(on.refresh(), EXPIRING)

      expect([login.token, outcome]).to.deep.equal(['old-token', 'postponed'])
      expect(on.warnings).to.deep.equal([
        'Could not refresh the login to astronomer.io: The connection broke. ' +
          'Try again; if the login is refused then, log in again with the Astro CLI: astro login astronomer.io',
      ])
    })

    for (const [what, answers] of [
      ['the API is out of reach', [lost]],
      ['the API is down', [down]],
      ['the provider says that it is down', [AUTH_CONFIG, down]],
    ] as const) {
      it(`uses a token that is still valid, and says nothing, where ${what}`, async () => {
        on.answers = answers

        const {login, outcome} = await refreshLogin(on.refresh(), EXPIRING)

        expect([login.token, outcome]).to.deep.equal(['old-token', 'postponed'])
        expect(on.warnings).to.deep.equal([])
      })
    }
  })

  describe('reports its outcome and duration', () => {
    for (const [outcome, needs, more, answers] of [
      ['refreshed', EXPIRED, {}, [AUTH_CONFIG, ROTATED]],
      ['not_saved', EXPIRED, {prepare: failToPrepare}, [AUTH_CONFIG, ROTATED]],
      ['postponed', EXPIRING, {prepare: failToPrepare}, []],
      ['reused', {...EXPIRED, isFresh: () => true}, {}, []],
      ['failed', EXPIRED, {}, [AUTH_CONFIG, REFUSED]],
    ] as const) {
      it(outcome, async () => {
        on.answers = answers
        const reports: unknown[] = []
        let time = Date.parse('2026-03-10T12:00:00Z')
        const refresh = on.refresh({
          ...more,
          onOutcome(report) {
            reports.push(report)
          },
          async lock() {
            time += 40
            return {isHeld: async () => true, async release() {}}
          },
          now: () => new Date(time),
        })

        await refreshLogin(refresh, needs).catch(() => {})

        expect(reports).to.deep.equal([{outcome, milliseconds: 40}])
      })
    }
  })

  describe('tells when the login is at risk', () => {
    it('from before the refresh token is sent until the new login is saved', async () => {
      const seen: string[] = []
      let saved: Promise<unknown> | undefined
      on.meanwhile = async () => {
        seen.push(saved === undefined ? 'not told' : 'told')
      }

      await refreshLogin(
        on.refresh({
          onRefresh(work, domain) {
            seen.push(`${on.requests.length} ${domain.name}`)
            saved = work.then(async () => seen.push(await readFile(on.path, 'utf8')))
          },
        }),
        EXPIRED,
      )
      await saved

      expect(seen).to.deep.equal(['1 astronomer.io', 'told', REFRESHED])
    })

    it('and that the refresh failed', async () => {
      on.answers = [AUTH_CONFIG, REFUSED]
      const told: unknown[] = []

      await failureOf(async () =>
        refreshLogin(
          on.refresh({
            onRefresh(work) {
              work.catch((error: unknown) => told.push(error))
            },
          }),
          EXPIRED,
        ),
      )

      expect(told).to.have.length(1)
    })
  })
})
