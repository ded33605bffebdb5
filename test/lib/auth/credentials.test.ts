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
  astronomer_io:
    token: Bearer secret-of-astro
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

/** The config file, ASTRO_DOMAIN and ASTRO_API_TOKEN. */
interface Given {
  readonly config?: string
  readonly domain?: string
  readonly token?: string
}

describe('readCredentials', () => {
  const {check, create, on} = prepareHomes()

  beforeEach(create)

  const read = async (env: Readonly<Record<string, string>>, home = '') =>
    readCredentials({...on.options, env: {ASTRO_HOME: on.home, ...env}, home})

  const readWith = async ({config = CONFIG, domain = '', token = ''}: Given) => {
    await on.write(config)
    return read({ASTRO_API_TOKEN: token, ASTRO_DOMAIN: domain})
  }

  afterEach(async () => {
    expect(on.astro.requests).to.deep.equal([])
    await check()
  })

  const logins: readonly (Given & {
    readonly finds: readonly [secret: string, apiHost: string]
    readonly title: string
  })[] = [
    {title: 'to the context, if ASTRO_API_TOKEN is blank', token: ' ', finds: ['secret-of-stage', STAGE]},
    {title: 'to ASTRO_DOMAIN', domain: ' cloud.astronomer.io', finds: ['secret-of-astro', ASTRO]},
    {title: 'to localhost', domain: 'localhost', finds: ['secret-of-localhost', LOCAL]},
    {title: 'to the default domain', config: 'contexts: {astronomer_io: {token: a}}', finds: ['a', ASTRO]},
    {title: 'to an alias', config: `context: ${ALIAS}\n${ALIASES}`, finds: ['literal', ASTRO]},
    {title: 'under a key whose entry names the domain', domain: 'Work', finds: ['secret-of-work', DEV]},
  ]
  for (const {finds, title, ...given} of logins) {
    it(`uses the login ${title}`, async () => {
      const {bearer, domain} = await readWith(given)
      expect([bearer(), domain.apiHost]).to.deep.equal(finds)
    })
  }

  const tokens: readonly (Given & {readonly apiHost: string; readonly title: string})[] = [
    {title: 'for the context', apiHost: STAGE},
    {title: 'for local.core', domain: 'Localhost', apiHost: LOCAL},
    {title: 'for ASTRO_DOMAIN beside a broken file', domain: ' astronomer-dev.io ', config: '- a', apiHost: DEV},
    {title: 'for the context beside a broken entry', config: 'contexts: {astronomer_io: a}', apiHost: ASTRO},
  ]
  for (const {apiHost, title, ...given} of tokens) {
    it(`uses ASTRO_API_TOKEN ${title}`, async () => {
      const {bearer, domain, organizationId} = await readWith({...given, token: ` Bearer ${API_TOKEN}\n`})
      expect([bearer(), domain.apiHost, organizationId]).to.deep.equal([API_TOKEN, apiHost, 'clorg-of-token'])
    })
  }

  const KEYCHAIN =
    'Log in with the Astro CLI: astro login astronomer.io; if it keeps the login in the system keychain, pass it to one command: ASTRO_API_TOKEN=$(astro auth token) {{this}}'
  const failures: readonly (Given & {readonly title: string; readonly fails: readonly string[]})[] = [
    {
      title: 'there is no login to the domain',
      domain: 'pr1234.astronomer-dev.io',
      fails: [
        'unauthenticated',
        'Not authenticated to pr1234.astronomer-dev.io.',
        'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login pr1234.astronomer-dev.io',
      ],
    },
    {
      title: 'the login may be in the keychain',
      config: "contexts: {astronomer_io: {token: 'Bearer '}}\n",
      fails: ['unauthenticated', 'Not authenticated to astronomer.io.', KEYCHAIN],
    },
    {title: 'the token is invalid, although there is a login', token: 'x', fails: ['unauthenticated']},
    {
      title: 'the entry names another domain',
      config: 'context: a\ncontexts: {a: {domain: a.b}}',
      fails: ['unsupported'],
    },
    {title: 'the file is broken and names the domain', token: API_TOKEN, config: '- a\n', fails: ['config']},
  ]
  for (const {fails, title, ...given} of failures) {
    it(`fails if ${title}`, async () => {
      const {hint, kind, message} = await reportOf(async () => readWith(given))
      expect([kind, message, hint].slice(0, fails.length)).to.deep.equal(fails)
    })
  }

  it('knows the Organization of the context, for a token that names none', async () => {
    const {organizationId, savedOrganizationId} = await readWith({token: USER_TOKEN})
    expect([organizationId, savedOrganizationId?.()]).to.deep.equal([undefined, 'clorg-of-stage'])
    const elsewhere = await readWith({token: USER_TOKEN, domain: 'astronomer-stage.io'})
    expect(elsewhere.savedOrganizationId?.()).to.equal(undefined)
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
      expect(on.report.told.warn.splice(0)).to.deep.equal(folder ? [warning, warning] : [])
    })
  }

  it('refreshes and saves the login of the context', async () => {
    const {bearer, organizationId} = await readWith({config: CONFIG.replace('14:00', '12:00')})
    expect([bearer(), organizationId]).to.deep.equal(['new', 'clorg-of-stage'])
    expect(on.astro.requests.splice(0)).to.have.length(2)
    expect(await on.read()).to.equal(CONFIG.replace('secret-of-stage', 'new').replace('14:00', '13:00'))
  })

  it('prints no secret', async () => {
    for (const credentials of [await readWith({}), await readWith({token: API_TOKEN})]) {
      const inspected = inspect(credentials, {depth: null, showHidden: true, getters: true})
      const printed = [inspected, JSON.stringify(credentials), String(credentials.bearer)].join('\n')
      for (const secret of ['secret-of-', 'refresh-secret', API_TOKEN]) expect(printed).not.to.contain(secret)
    }
  })
})
