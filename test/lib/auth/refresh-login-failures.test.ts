import {expect} from 'chai'
import {readdir, readFile, stat, writeFile} from 'node:fs/promises'

import {type LoginRefresh, refreshLogin} from '../../../src/lib/auth/refresh-login.js'
import {replaceFile} from '../../../src/lib/auth/replace-file.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf, textOf} from '../support.js'
import {AUTH_CONFIG, CONFIG, NEVER, prepareRefresh, type RefreshFixture, REFUSED, ROTATED} from './refresh-fixture.js'

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

        const failure = await failureOf(async () => refreshLogin(on.refresh(), NEVER))

        const after = await stat(on.path)
        expect(failure.kind).to.equal(kind)
        expect(textOf(failure)).not.to.contain('old-refresh').and.not.contain('old-token')
        expect(await readFile(on.path, 'utf8')).to.equal(CONFIG)
        expect([after.ino, after.mtimeMs]).to.deep.equal([before.ino, before.mtimeMs])
      })
    }

    it('and says to log in where the login has gone from the file', async () => {
      await writeFile(on.path, 'contexts: {}\n')
      const failure = await failureOf(async () => refreshLogin(on.refresh(), NEVER))
      expect(failure.kind).to.equal('unauthenticated')
      expect(failure.details.hint).to.equal('Log in again: astro login astronomer.io')
      expect(on.requests).to.deep.equal([])
    })

    it('and names the file where it is broken now', async () => {
      await writeFile(on.path, '- broken\n')
      const failure = await failureOf(async () => refreshLogin(on.refresh(), NEVER))
      expect(failure.kind).to.equal('config')
      expect(failure.message).to.contain(on.path)
      expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
    })
  })

  describe('where it cannot be saved', () => {
    for (const code of ['ENOSPC', 'EACCES', 'EROFS']) {
      const replace: LoginRefresh['replace'] = async (file, content) =>
        replaceFile(file, content, {
          async write(handle) {
            await handle.writeFile('half')
            throw Object.assign(new Error(`${content} does not fit`), {code})
          },
        })

      it(`goes on with the refreshed login and a warning after ${code}`, async () => {
        const login = await refreshLogin(on.refresh({replace}), NEVER)

        expect(login).to.deep.include({token: 'new-token', isNew: true})
        expect(on.warnings).to.deep.equal([
          `The refreshed login to astronomer.io could not be saved in ${on.path} (${code}). The next command refreshes it again.`,
        ])
        expect(await readFile(on.path, 'utf8')).to.equal(CONFIG)
        expect(await readdir(on.folder)).to.deep.equal(['config.yaml'])
      })

      it(`says after ${code} that one has to log in where the saved refresh token is used up`, async () => {
        on.answers = [AUTH_CONFIG, ROTATED]

        const login = await refreshLogin(on.refresh({replace}), NEVER)

        expect(login.token).to.equal('new-token')
        expect(on.warnings).to.have.length(1)
        expect(on.warnings[0]).to.contain(`in ${on.path} (${code})`).and.contain('run astro login astronomer.io')
        expect(on.warnings[0]).not.to.contain('-refresh').and.not.contain('-token')
        expect(await readFile(on.path, 'utf8')).to.equal(CONFIG)
      })
    }

    it('warns where other values of the file hang on the login', async () => {
      const aliased = CONFIG.replace('{token', '&mine {token').replace(/localhost: .*/, 'localhost: *mine')
      await writeFile(on.path, aliased)

      const login = await refreshLogin(on.refresh(), NEVER)

      expect(login.token).to.equal('new-token')
      expect(on.warnings[0]).to.contain('(other values depend on it)')
      expect(await readFile(on.path, 'utf8')).to.equal(aliased)
    })

    it('warns where the file was broken meanwhile', async () => {
      on.meanwhile = async () => {
        await writeFile(on.path, '- broken\n')
      }

      const login = await refreshLogin(on.refresh(), NEVER)

      expect(login.token).to.equal('new-token')
      expect(on.warnings).to.have.length(1)
      expect(await readFile(on.path, 'utf8')).to.equal('- broken\n')
    })
  })
})
