import {expect} from 'chai'
import {inspect} from 'node:util'

import {readCredentials} from '../../../src/lib/auth/credentials.js'
import {jwt} from '../support.js'
import {NOW, prepareHomes, reportOf} from './fixture.js'

const EXP = NOW / 1000 + 3600
const API_TOKEN = jwt({permissions: ['organizationId:clorg-of-token'], exp: EXP})
const USER_TOKEN = jwt({sub: 'auth0|123', exp: EXP})

const CONFIG = `context: astronomer-stage.io
contexts:
  astronomer-stage_io:
    token: Bearer secret-of-stage
    refreshtoken: refresh-secret
    expiresin: "2026-03-10T14:00:00Z"
    organization: clorg-of-stage
    workspace: clwsp-of-stage
  astronomer_io:
    token: Bearer secret-of-astro
    expiresin: "2026-03-10T14:00:00Z"
  localhost:
    token: Bearer secret-of-localhost
  work:
    domain: cloud.astronomer-dev.io
    token: Bearer secret-of-work
local:
  core: http://127.0.0.1:9999/v1
`
const ALIASES = 'contexts:\n  astronomer_io: {token: normalized}\n  cloud_astronomer_io: {token: literal}\n'
const ALIAS = 'https://cloud.astronomer.io/'

const STAGE = 'https://api.astronomer-stage.io'
const ASTRO = 'https://api.astronomer.io'
const DEV = 'https://api.astronomer-dev.io'
const LOCAL = 'http://127.0.0.1:9999'

type Env = Readonly<Record<string, string>>

interface Given {
  readonly config?: string
  readonly domain?: string
  readonly token?: string
}

const withContext = (context: string) => CONFIG.replace('astronomer-stage.io', context)
const hintFor = (domain: string) => `Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login ${domain}`

describe('readCredentials', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(create)

  const read = async (env: Env, home = '') => readCredentials({...on.options, env: {ASTRO_HOME: on.home, ...env}, home})

  /** Reads the credentials with this file, ASTRO_DOMAIN and ASTRO_API_TOKEN. */
  const readWith = async ({config = CONFIG, domain = '', token = ''}: Given) => {
    await on.write(config)
    return read({ASTRO_API_TOKEN: token, ASTRO_DOMAIN: domain})
  }

  afterEach(async () => {
    expect(on.astro.requests).to.deep.equal([])
    await remove()
  })

  const logins: readonly (Given & {
    readonly finds: readonly [secret: string, apiHost: string]
    readonly title: string
  })[] = [
    {title: 'to the context', finds: ['secret-of-stage', STAGE]},
    {title: 'if ASTRO_API_TOKEN is blank', token: ' ', finds: ['secret-of-stage', STAGE]},
    {title: 'to ASTRO_DOMAIN', domain: ' cloud.astronomer.io', finds: ['secret-of-astro', ASTRO]},
    {title: 'to localhost', domain: 'localhost', finds: ['secret-of-localhost', LOCAL]},
    {title: 'to the default domain', config: 'contexts: {astronomer_io: {token: a}}', finds: ['a', ASTRO]},
    {title: 'to an alias', config: `context: ${ALIAS}\n${ALIASES}`, finds: ['literal', ASTRO]},
    {title: 'to an alias in ASTRO_DOMAIN', domain: ALIAS, config: ALIASES, finds: ['literal', ASTRO]},
    {title: 'to the normalized alias', domain: ALIAS, finds: ['secret-of-astro', ASTRO]},
    {title: 'under a key in ASTRO_DOMAIN', domain: 'astronomer_io', finds: ['secret-of-astro', ASTRO]},
    {title: 'under the key in the context', config: withContext('astronomer_io'), finds: ['secret-of-astro', ASTRO]},
    {title: 'under a key whose entry names the domain', domain: 'Work', finds: ['secret-of-work', DEV]},
  ]
  for (const {finds, title, ...given} of logins) {
    it(`uses the login ${title}`, async () => {
      const {bearer, domain} = await readWith(given)
      expect([bearer(), domain.apiHost]).to.deep.equal(finds)
    })
  }

  it('has the Organization and the Workspace of the login', async () => {
    expect(await readWith({})).to.include({organizationId: 'clorg-of-stage'})
  })

  const tokens: readonly (Given & {readonly apiHost: string; readonly title: string})[] = [
    {title: 'for the context', apiHost: STAGE},
    {title: 'for a key in the context', config: withContext('work'), apiHost: DEV},
    {title: 'for local.core', domain: 'Localhost', apiHost: LOCAL},
    {title: 'for the default domain', config: 'x: y', apiHost: ASTRO},
    {title: 'for ASTRO_DOMAIN', domain: ' astronomer-dev.io ', apiHost: DEV},
    {title: 'for ASTRO_DOMAIN beside a broken file', domain: 'astronomer_io', config: '- a', apiHost: ASTRO},
    {title: 'for the context beside a broken entry', config: 'contexts: {astronomer_io: a}', apiHost: ASTRO},
  ]
  for (const {apiHost, title, ...given} of tokens) {
    it(`uses ASTRO_API_TOKEN ${title}`, async () => {
      const {bearer, domain, organizationId} = await readWith({...given, token: ` Bearer ${API_TOKEN}\n`})
      expect([bearer(), domain.apiHost, organizationId]).to.deep.equal([API_TOKEN, apiHost, 'clorg-of-token'])
    })
  }

  const NONE = {kind: 'unauthenticated', message: 'Not authenticated to astronomer.io.', hint: hintFor('astronomer.io')}
  for (const config of ['', 'context: astronomer.io', "contexts: {astronomer_io: {token: ''}}", 'contexts: {a: b}']) {
    it(`finds no login in ${JSON.stringify(config)}`, async () => {
      expect(await reportOf(async () => readWith({config}))).to.deep.equal(NONE)
    })
  }

  it('finds no login to another domain', async () => {
    const domain = 'pr1234.astronomer-dev.io'
    const expected = {...NONE, message: `Not authenticated to ${domain}.`, hint: hintFor(domain)}
    expect(await reportOf(async () => readWith({domain}))).to.deep.equal(expected)
  })

  it('says how to pass on a login that may be in the keychain, for one command', async () => {
    const config = "contexts: {astronomer_io: {token: 'Bearer '}}\n"
    expect(await reportOf(async () => readWith({config}))).to.deep.equal({
      ...NONE,
      hint: 'Log in with the Astro CLI: astro login astronomer.io; if it keeps the login in the system keychain, pass it to one command: ASTRO_API_TOKEN=$(astro auth token) {{this}}',
    })
  })

  const failures: readonly (Given & {readonly kind: string; readonly title: string})[] = [
    {title: 'the token is invalid, although there is a login', token: 'x', kind: 'unauthenticated'},
    {title: 'the token has expired', token: jwt({exp: NOW / 1000}), kind: 'unauthenticated'},
    {title: 'ASTRO_DOMAIN is another domain', domain: 'apc.example.com', kind: 'unsupported'},
    {title: 'the context is another domain', token: API_TOKEN, config: 'context: a.b\n', kind: 'unsupported'},
    {title: 'the entry names another domain', config: 'context: a\ncontexts: {a: {domain: a.b}}', kind: 'unsupported'},
    {title: 'the file is broken and names the domain', token: API_TOKEN, config: '- a\n', kind: 'config'},
  ]
  for (const {kind, title, ...given} of failures) {
    it(`fails if ${title}`, async () => {
      expect(await reportOf(async () => readWith(given))).to.include({kind})
    })
  }

  it('knows the Organization of the context, for a token that names none', async () => {
    const signedOut = CONFIG.replace('Bearer secret-of-stage', "'Bearer '")
    const saved: unknown[] = []
    for (const given of [
      {},
      {config: signedOut},
      {config: withContext('astronomer.io')},
      {domain: 'astronomer-stage.io'},
    ]) {
      const {organizationId, savedOrganizationId} = await readWith({...given, token: USER_TOKEN})
      saved.push(organizationId ?? savedOrganizationId?.())
    }

    expect(saved).to.deep.equal(['clorg-of-stage', 'clorg-of-stage', undefined, undefined])
  })

  for (const {env, folder, home} of [
    {env: {ASTRO_HOME: '.'}, home: '/home/me', folder: 'ASTRO_HOME'},
    {env: {ASTRO_HOME: ''}, home: 'home', folder: 'the home directory'},
    {env: {ASTRO_HOME: ''}, home: '', folder: undefined},
  ]) {
    it(`reads no config file under ${JSON.stringify({...env, home})}`, async () => {
      expect(await read({...env, ASTRO_API_TOKEN: API_TOKEN}, home)).to.have.nested.property('domain.apiHost', ASTRO)
      expect(await reportOf(async () => read(env, home))).to.include({kind: 'unauthenticated'})
      const warning = `The Astro CLI's config file is not read, because ${folder ?? ''} is not an absolute path.`
      expect(on.warnings.splice(0)).to.deep.equal(folder ? [warning, warning] : [])
    })
  }

  it('refreshes and saves the login of the context', async () => {
    const {bearer} = await readWith({config: CONFIG.replace('14:00', '12:00')})
    expect([bearer(), on.astro.requests.splice(0).length]).to.deep.equal(['new-token', 2])
    expect(await on.read()).to.equal(CONFIG.replace('secret-of-stage', 'new-token').replace('14:00', '13:00'))
  })

  it('prints no secret', async () => {
    for (const credentials of [await readWith({}), await readWith({token: API_TOKEN})]) {
      const inspected = inspect(credentials, {depth: null, showHidden: true, getters: true})
      const printed = [inspected, JSON.stringify(credentials), String(credentials.bearer)].join('\n')
      for (const secret of ['secret-of-', 'refresh-secret', API_TOKEN]) expect(printed).not.to.contain(secret)
    }
  })
})
