import {expect} from 'chai'

import {readCredentials} from '../../../src/lib/auth/credentials.js'
import {jwt} from '../support.js'
import {createHome, NOW, reportOf} from './fixture.js'

const API_TOKEN = jwt({permissions: ['organizationId:clorg-of-token']})
const USER_TOKEN = jwt({sub: 'auth0|123'})

const CONFIG = `context: astronomer-stage.io
contexts:
  astronomer-stage_io:
    token: Bearer secret-of-stage
    organization: clorg-of-stage
  astronomer_io:
    token: Bearer secret-of-astro
  work:
    domain: cloud.astronomer-dev.io
    token: Bearer secret-of-work
local:
  core: http://127.0.0.1:9/v1
`
const ALIAS = `context: https://cloud.astronomer.io/
contexts: {astronomer_io: {token: normalized}, cloud_astronomer_io: {token: literal}}`

interface Given {
  /** The config file, ASTRO_DOMAIN and ASTRO_API_TOKEN. */
  readonly config?: string
  readonly domain?: string
  readonly token?: string
}

async function read({config = CONFIG, domain = '', token = ''}: Given) {
  const {home, options} = createHome(config)
  const env = {ASTRO_HOME: home, ASTRO_API_TOKEN: token, ASTRO_DOMAIN: domain}
  return readCredentials({...options, env, home: ''})
}

describe('readCredentials', () => {
  const found: ReadonlyArray<Given & {readonly title: string; readonly finds: readonly string[]}> = [
    {title: 'the login to the context', token: ' ', finds: ['secret-of-stage', 'astronomer-stage.io']},
    {title: 'the login to ASTRO_DOMAIN', domain: ' cloud.astronomer.io', finds: ['secret-of-astro', 'astronomer.io']},
    {title: 'the login to an alias', config: ALIAS, finds: ['literal', 'astronomer.io']},
    {title: 'the login whose entry names the domain', domain: 'Work', finds: ['secret-of-work', 'astronomer-dev.io']},
    {title: 'a token for the context', token: ` Bearer ${API_TOKEN}\n`, finds: [API_TOKEN, 'astronomer-stage.io']},
    {title: 'a token for local.core', token: API_TOKEN, domain: 'Localhost', finds: [API_TOKEN, 'http://127.0.0.1:9']},
    {title: 'no file', token: API_TOKEN, domain: ' astronomer.io ', config: '- a', finds: [API_TOKEN, 'astronomer.io']},
  ]
  for (const {finds, title, ...given} of found) {
    it(`uses ${title}`, async () => {
      const {bearer, domain} = await read(given)
      expect([bearer(), domain.apiHost.replace('https://api.', '')]).to.deep.equal(finds)
    })
  }

  for (const {given, domain, hint} of [
    {
      given: {domain: 'astronomer-dev.io'},
      domain: 'astronomer-dev.io',
      hint: 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer-dev.io',
    },
    {
      given: {config: "contexts: {astronomer_io: {token: 'Bearer '}}\n"},
      domain: 'astronomer.io',
      hint: 'Log in with the Astro CLI: astro login astronomer.io; if it keeps the login in the system keychain, pass it to one command: ASTRO_API_TOKEN=$(astro auth token) {{this}}',
    },
  ]) {
    it(`fails without a login to ${domain}: ${hint}`, async () => {
      const message = `Not authenticated to ${domain}.`
      expect(await reportOf(async () => read(given))).to.deep.equal({kind: 'unauthenticated', message, hint})
    })
  }

  for (const {kind, title, ...given} of [
    {title: 'the token is invalid, although there is a login', token: 'x', kind: 'unauthenticated'},
    {title: 'the token has expired, although there is a login', token: jwt({exp: NOW / 1000}), kind: 'unauthenticated'},
    {
      title: 'the file names the domain and is broken, with a token too',
      token: API_TOKEN,
      config: '- a',
      kind: 'config',
    },
  ]) {
    it(`fails if ${title}`, async () => {
      expect(await reportOf(async () => read(given))).to.include({kind})
    })
  }

  it('knows the Organization of a login or token, and of the context if the token names none', async () => {
    expect(await read({})).to.have.property('organizationId', 'clorg-of-stage')
    expect(await read({token: API_TOKEN})).to.have.property('organizationId', 'clorg-of-token')
    const {organizationId, savedOrganizationId} = await read({token: USER_TOKEN})
    expect([organizationId, savedOrganizationId?.()]).to.deep.equal([undefined, 'clorg-of-stage'])
    const elsewhere = await read({token: USER_TOKEN, domain: 'astronomer-stage.io'})
    expect(elsewhere.savedOrganizationId?.()).to.equal(undefined)
  })

  for (const {folder, home, name} of [
    {folder: '.', home: '/home/me', name: 'ASTRO_HOME'},
    {folder: '', home: 'home', name: 'the home directory'},
    {folder: '', home: ''},
  ]) {
    it(`reads no config file if ASTRO_HOME is "${folder}" and the home directory "${home}"`, async () => {
      const {options, told} = createHome()
      const {domain} = await readCredentials({...options, env: {ASTRO_HOME: folder, ASTRO_API_TOKEN: API_TOKEN}, home})
      expect(domain.name).to.equal('astronomer.io')
      const warning = `The Astro CLI's config file is not read, because ${name} is not an absolute path.`
      expect(told.warn).to.deep.equal(name === undefined ? [] : [warning])
    })
  }
})
