import {expect} from 'chai'

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
const BROKEN_ENTRY = 'contexts: {astronomer_io: a}'
const OTHER_DOMAIN = 'context: a\ncontexts: {a: {domain: a.b}}'
const ALIAS = 'https://cloud.astronomer.io/'

const STAGE = 'https://api.astronomer-stage.io'
const ASTRO = 'https://api.astronomer.io'
const DEV = 'https://api.astronomer-dev.io'
const LOCAL = 'http://127.0.0.1:9999'

interface Given {
  readonly title: string
  /** The config file, ASTRO_DOMAIN and ASTRO_API_TOKEN. */
  readonly config?: string
  readonly domain?: string
  readonly token?: string
}

const FOUND: readonly (Given & {readonly finds: readonly [secret: string, apiHost: string]})[] = [
  {title: 'the login to the context', token: ' ', finds: ['secret-of-stage', STAGE]},
  {title: 'the login to ASTRO_DOMAIN', domain: ' cloud.astronomer.io', finds: ['secret-of-astro', ASTRO]},
  {title: 'the login to localhost', domain: 'localhost', finds: ['secret-of-localhost', LOCAL]},
  {title: 'the login to the default domain', config: 'contexts: {astronomer_io: {token: a}}', finds: ['a', ASTRO]},
  {title: 'the login to an alias', config: `context: ${ALIAS}\n${ALIASES}`, finds: ['literal', ASTRO]},
  {title: 'the login under a key whose entry names the domain', domain: 'Work', finds: ['secret-of-work', DEV]},
  {title: 'a token for the context', token: ` Bearer ${API_TOKEN}\n`, finds: [API_TOKEN, STAGE]},
  {title: 'a token for local.core', token: API_TOKEN, domain: 'Localhost', finds: [API_TOKEN, LOCAL]},
  {
    title: 'a token beside a broken file',
    token: API_TOKEN,
    domain: ' astronomer-dev.io ',
    config: '- a',
    finds: [API_TOKEN, DEV],
  },
  {title: 'a token beside a broken entry', token: API_TOKEN, config: BROKEN_ENTRY, finds: [API_TOKEN, ASTRO]},
]

const FAILURES: readonly (Given & {readonly fails: object})[] = [
  {
    title: 'there is no login to the domain',
    domain: 'pr1234.astronomer-dev.io',
    fails: {
      kind: 'unauthenticated',
      message: 'Not authenticated to pr1234.astronomer-dev.io.',
      hint: 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login pr1234.astronomer-dev.io',
    },
  },
  {
    title: 'the login may be in the keychain',
    config: "contexts: {astronomer_io: {token: 'Bearer '}}\n",
    fails: {
      kind: 'unauthenticated',
      message: 'Not authenticated to astronomer.io.',
      hint: 'Log in with the Astro CLI: astro login astronomer.io; if it keeps the login in the system keychain, pass it to one command: ASTRO_API_TOKEN=$(astro auth token) {{this}}',
    },
  },
  {title: 'the token is invalid, although there is a login', token: 'x', fails: {kind: 'unauthenticated'}},
  {title: 'the entry names another domain', config: OTHER_DOMAIN, fails: {kind: 'unsupported'}},
  {title: 'the file is broken and names the domain', token: API_TOKEN, config: '- a\n', fails: {kind: 'config'}},
]

describe('readCredentials', () => {
  const {check, create, on} = prepareHomes()

  beforeEach(create)

  const read = async (env: Readonly<Record<string, string>>, home = '') =>
    readCredentials({...on.options, env: {ASTRO_HOME: on.home, ...env}, home})

  const readWith = async ({config = CONFIG, domain = '', token = ''}: Omit<Given, 'title'>) => {
    await on.write(config)
    return read({ASTRO_API_TOKEN: token, ASTRO_DOMAIN: domain})
  }

  afterEach(async () => {
    expect(on.astro.requests).to.deep.equal([])
    await check()
  })

  for (const {finds, title, ...given} of FOUND) {
    it(`uses ${title}`, async () => {
      const {bearer, domain} = await readWith(given)
      expect([bearer(), domain.apiHost]).to.deep.equal(finds)
    })
  }

  for (const {fails, title, ...given} of FAILURES) {
    it(`fails if ${title}`, async () => {
      expect(await reportOf(async () => readWith(given))).to.include(fails)
    })
  }

  it('knows the Organization of a token, and of the context if the token names none', async () => {
    expect(await readWith({token: API_TOKEN})).to.have.property('organizationId', 'clorg-of-token')
    const {organizationId, savedOrganizationId} = await readWith({token: USER_TOKEN})
    expect([organizationId, savedOrganizationId?.()]).to.deep.equal([undefined, 'clorg-of-stage'])
    const elsewhere = await readWith({token: USER_TOKEN, domain: 'astronomer-stage.io'})
    expect(elsewhere.savedOrganizationId?.()).to.equal(undefined)
  })

  for (const {folder, home, names} of [
    {folder: '.', home: '/home/me', names: ['ASTRO_HOME']},
    {folder: '', home: 'home', names: ['the home directory']},
    {folder: '', home: '', names: []},
  ]) {
    it(`reads no config file if ASTRO_HOME is "${folder}" and the home directory "${home}"`, async () => {
      const {domain} = await read({ASTRO_HOME: folder, ASTRO_API_TOKEN: API_TOKEN}, home)
      expect(domain.apiHost).to.equal(ASTRO)
      expect(on.report.told.warn.splice(0)).to.deep.equal(
        names.map((name) => `The Astro CLI's config file is not read, because ${name} is not an absolute path.`),
      )
    })
  }

  it('refreshes and saves the login of the context', async () => {
    const {bearer, organizationId} = await readWith({config: CONFIG.replace('14:00', '12:00')})
    expect([bearer(), organizationId]).to.deep.equal(['new', 'clorg-of-stage'])
    expect(on.astro.requests.splice(0)).to.have.length(2)
    expect(await on.read()).to.equal(CONFIG.replace('secret-of-stage', 'new').replace('14:00', '13:00'))
  })
})
