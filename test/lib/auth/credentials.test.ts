import {expect} from 'chai'
import {mkdir, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {inspect} from 'node:util'

import {readCredentials} from '../../../src/lib/auth/credentials.js'
import {failureOf, jwt, textOf} from '../support.js'

const NOW = new Date('2026-03-10T12:00:00Z')
const TOKEN = jwt({permissions: ['organizationId:clorg-of-token'], exp: NOW.getTime() / 1000 + 3600})

const CONFIG = `context: astronomer-stage.io
contexts:
  astronomer-stage_io:
    token: Bearer secret-of-stage
    refreshtoken: refresh-secret
    expiresin: 2026-03-10T14:00:00Z
    organization: clorg-of-stage
  astronomer_io:
    token: Bearer secret-of-astro
    expiresin: 2026-03-10T14:00:00Z
  localhost:
    token: Bearer secret-of-localhost
local:
  core: http://127.0.0.1:9999/v1
`

describe('readCredentials', () => {
  let home: string
  let path: string
  let warnings: string[]
  const read = async (env: Readonly<Record<string, string>> = {}, userHome = '') =>
    readCredentials({
      env: {ASTRO_HOME: home, ...env},
      home: userHome,
      now: () => NOW,
      async http() {
        throw new Error('nothing is to be sent')
      },
      onWarning(warning) {
        warnings.push(warning)
      },
    })

  beforeEach(async () => {
    warnings = []
    home = await mkdtemp(join(tmpdir(), 'astro-home-'))
    path = join(home, '.astro', 'config.yaml')
    await mkdir(join(home, '.astro'))
    await writeFile(path, CONFIG, {mode: 0o600})
  })

  afterEach(async () => {
    expect(warnings).to.deep.equal([])
    await rm(home, {recursive: true})
  })

  describe('the credential', () => {
    it('is ASTRO_API_TOKEN before any login', async () => {
      const credentials = await read({ASTRO_API_TOKEN: ` Bearer ${TOKEN}\n`})
      expect(credentials.bearer()).to.equal(TOKEN)
      expect(credentials.organizationId).to.equal('clorg-of-token')
    })

    it('is the login to the context where there is no token', async () => {
      const credentials = await read()
      expect(credentials.bearer()).to.equal('secret-of-stage')
      expect(credentials.organizationId).to.equal('clorg-of-stage')
    })

    it('is the login where the token is blank', async () => {
      const credentials = await read({ASTRO_API_TOKEN: '  '})
      expect(credentials.bearer()).to.equal('secret-of-stage')
    })

    it('is the login to ASTRO_DOMAIN before that to the context', async () => {
      const credentials = await read({ASTRO_DOMAIN: 'https://cloud.astronomer.io'})
      expect(credentials.bearer()).to.equal('secret-of-astro')
      expect(credentials.organizationId).to.equal(undefined)
    })

    it('is not the login where the token is no good', async () => {
      const failure = await failureOf(async () => read({ASTRO_API_TOKEN: 'not-a-token-at-all'}))
      expect(failure.kind).to.equal('unauthenticated')
      expect(textOf(failure)).not.to.contain('not-a-token-at-all')
    })

    it('is not the login where the token has expired', async () => {
      const expired = jwt({exp: NOW.getTime() / 1000})
      const failure = await failureOf(async () => read({ASTRO_API_TOKEN: expired}))
      expect(failure.kind).to.equal('unauthenticated')
      expect(failure.message).to.contain('expired')
    })

    for (const config of [
      undefined,
      'context: astronomer.io\n',
      "contexts: {astronomer_io: {token: ''}}\n",
      'contexts: {astronomer_io: {organization: clorg1, refreshtoken: refresh}}\n',
    ]) {
      it(`is missing where the file is ${JSON.stringify(config)}, and both ways to fix it are named`, async () => {
        await (config === undefined ? rm(path) : writeFile(path, config))
        const failure = await failureOf(async () => read())
        expect(failure).to.include({kind: 'unauthenticated', message: 'Not authenticated to astronomer.io.'})
        expect(failure.details.hint).to.equal(
          'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer.io',
        )
      })
    }

    for (const token of ["'Bearer '", 'Bearer']) {
      it(`may be in the system keychain where the file has token: ${token}`, async () => {
        await writeFile(path, `contexts: {astronomer_io: {token: ${token}, refreshtoken: refresh}}\n`)
        const failure = await failureOf(async () => read())
        expect(failure).to.include({kind: 'unauthenticated', message: 'Not authenticated to astronomer.io.'})
        expect(failure.details.hint).to.equal(
          'Log in with the Astro CLI: astro login astronomer.io; if it keeps the login in the system keychain: ' +
            'export ASTRO_API_TOKEN=$(astro auth token)',
        )
      })
    }

    describe('of an alias of a domain', () => {
      const entries = 'contexts:\n  astronomer_io: {token: normalised}\n  cloud_astronomer_io: {token: literal}\n'

      for (const alias of ['cloud.astronomer.io', 'https://cloud.astronomer.io', 'https://cloud.astronomer.io/']) {
        it(`is the entry of its literal name: ${alias}`, async () => {
          await writeFile(path, `context: ${alias}\n${entries}`)
          const byContext = await read()
          const byVariable = await read({ASTRO_DOMAIN: alias})
          expect([byContext.bearer(), byVariable.bearer()]).to.deep.equal(['literal', 'literal'])
          expect(byContext.domain).to.deep.equal({name: 'astronomer.io', apiHost: 'https://api.astronomer.io'})
        })

        it(`is the entry of the normalised name where there is no other: ${alias}`, async () => {
          await writeFile(path, 'contexts:\n  astronomer_io: {token: normalised}\n')
          const credentials = await read({ASTRO_DOMAIN: alias})
          expect(credentials.bearer()).to.equal('normalised')
        })
      }

      it('is not that of the literal name for the domain itself', async () => {
        await writeFile(path, `context: astronomer.io\n${entries}`)
        const credentials = await read()
        expect(credentials.bearer()).to.equal('normalised')
      })
    })

    it('is missing where the login is to another domain', async () => {
      const failure = await failureOf(async () => read({ASTRO_DOMAIN: 'astronomer-dev.io'}))
      expect(failure.kind).to.equal('unauthenticated')
      expect(failure.message).to.contain('astronomer-dev.io')
    })
  })

  describe('the Organization of the saved context', () => {
    const user = jwt({sub: 'auth0|123', exp: NOW.getTime() / 1000 + 3600})
    const savedFor = async (env: Readonly<Record<string, string>>) => {
      const {organizationId, savedOrganizationId} = await read({ASTRO_API_TOKEN: user, ...env})
      return [organizationId, await savedOrganizationId?.()]
    }

    it('is that of the domain, signed out or not, and does not count as named', async () => {
      await writeFile(path, CONFIG.replace('Bearer secret-of-stage', "'Bearer '"))
      expect(await savedFor({})).to.deep.equal([undefined, 'clorg-of-stage'])
      expect(await savedFor({ASTRO_DOMAIN: 'https://cloud.astronomer-stage.io'})).to.deep.equal([
        undefined,
        'clorg-of-stage',
      ])
    })

    it('is open where the domain has none, or the file cannot be read', async () => {
      expect(await savedFor({ASTRO_DOMAIN: 'astronomer.io'})).to.deep.equal([undefined, undefined])
      await writeFile(path, '- broken\n')
      expect(await savedFor({ASTRO_DOMAIN: 'astronomer-stage.io'})).to.deep.equal([undefined, undefined])
      expect(await savedFor({ASTRO_DOMAIN: 'astronomer-stage.io', ASTRO_HOME: ''})).to.deep.equal([
        undefined,
        undefined,
      ])
    })
  })

  describe('the domain', () => {
    it('is ASTRO_DOMAIN before the context, with a token too', async () => {
      const {domain} = await read({ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: ' astronomer-dev.io '})
      expect(domain.apiHost).to.equal('https://api.astronomer-dev.io')
    })

    it('is the context, with a token too', async () => {
      const withToken = await read({ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: ' '})
      const withLogin = await read()
      expect(withToken.domain.apiHost).to.equal('https://api.astronomer-stage.io')
      expect(withLogin.domain.apiHost).to.equal('https://api.astronomer-stage.io')
    })

    it('is astronomer.io where nothing says another', async () => {
      await rm(path)
      const {domain} = await read({ASTRO_API_TOKEN: TOKEN})
      expect(domain).to.deep.equal({name: 'astronomer.io', apiHost: 'https://api.astronomer.io'})
    })

    it('is the address in local.core for localhost, with a token too', async () => {
      const withToken = await read({ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: 'Localhost'})
      const withLogin = await read({ASTRO_DOMAIN: 'localhost'})
      expect(withToken.domain.apiHost).to.equal('http://127.0.0.1:9999')
      expect(withLogin.domain.apiHost).to.equal('http://127.0.0.1:9999')
      expect(withLogin.bearer()).to.equal('secret-of-localhost')
    })

    it('is refused where it is not Astro, with either credential', async () => {
      const withToken = await failureOf(async () => read({ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: 'apc.example.com'}))
      const withLogin = await failureOf(async () => read({ASTRO_DOMAIN: 'apc.example.com'}))
      expect([withToken.kind, withLogin.kind]).to.deep.equal(['unsupported', 'unsupported'])
    })

    it('is refused where the context is not Astro, though there is a token', async () => {
      await writeFile(path, 'context: apc.example.com\n')
      const failure = await failureOf(async () => read({ASTRO_API_TOKEN: TOKEN}))
      expect(failure.kind).to.equal('unsupported')
    })
  })

  it('does not read the config file where a token and a domain are given', async () => {
    await writeFile(path, '- broken\n')
    const credentials = await read({ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: 'astronomer.io'})
    const failure = await failureOf(async () => read({ASTRO_API_TOKEN: TOKEN}))
    expect(credentials.domain.name).to.equal('astronomer.io')
    expect(failure.kind).to.equal('config')
  })

  describe('without an absolute path to a config file', () => {
    it('has no login and the default domain, and warns about a relative ASTRO_HOME', async () => {
      const failure = await failureOf(async () => read({ASTRO_HOME: '.'}, home))
      const {domain} = await read({ASTRO_HOME: '.', ASTRO_API_TOKEN: TOKEN}, home)

      expect(failure.kind).to.equal('unauthenticated')
      expect(domain.name).to.equal('astronomer.io')
      const warning = "The Astro CLI's config file is not read, because ASTRO_HOME is not an absolute path."
      expect(warnings.splice(0)).to.deep.equal([warning, warning])
    })

    it('warns about a relative home directory', async () => {
      await read({ASTRO_HOME: '', ASTRO_API_TOKEN: TOKEN}, 'home')

      expect(warnings.splice(0)).to.deep.equal([
        "The Astro CLI's config file is not read, because the home directory is not an absolute path.",
      ])
    })

    it('has no login and says nothing else where there is no home directory', async () => {
      const failure = await failureOf(async () => read({ASTRO_HOME: ''}))
      expect(failure.kind).to.equal('unauthenticated')
    })
  })

  it('reads the config file in the home directory', async () => {
    const credentials = await read({ASTRO_HOME: ''}, home)
    expect(credentials.bearer()).to.equal('secret-of-stage')
  })

  it('leaves the config file byte for byte, with its mode', async () => {
    const before = await stat(path)
    await read()
    await read({ASTRO_API_TOKEN: TOKEN})
    const after = await stat(path)
    expect(await readFile(path, 'utf8')).to.equal(CONFIG)
    expect([after.mode, after.mtimeMs, after.ino]).to.deep.equal([before.mode, before.mtimeMs, before.ino])
  })

  it('shows no secret, however the credentials are printed', async () => {
    const withLogin = await read()
    const withToken = await read({ASTRO_API_TOKEN: TOKEN})
    for (const credentials of [withLogin, withToken]) {
      const printed = [
        inspect(credentials, {depth: null, showHidden: true, getters: true}),
        JSON.stringify(credentials),
        String(credentials.bearer),
      ].join('\n')
      expect(printed).not.to.contain('secret-of-').and.not.contain('refresh-secret').and.not.contain(TOKEN)
    }
  })
})
