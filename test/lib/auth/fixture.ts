import {expect} from 'chai'
import {mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Http, type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {type LoginRefresh} from '../../../src/lib/auth/refresh-login.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'

export const NOW = new Date('2026-03-10T12:00:00.750Z')
export const DOMAIN = {name: 'astronomer.io', apiHost: 'https://api.astronomer.io'}
export const AUTH_CONFIG = {clientId: 'client-1', domainUrl: 'https://auth.astronomer.io/'}
export const GRANTED = {access_token: 'new-token', expires_in: 3600}
export const ROTATED = {...GRANTED, refresh_token: 'new-refresh'}
export const REFUSED = new AstroError('invalid_request', 'no', {status: 400})
export const DOWN = new AstroError('api', 'down', {status: 503})
export const LOST = new AstroError('network', 'The connection broke.')

/** An API and an identity provider that refresh a login. */
export interface FakeAstro {
  /** The response of auth-config; an error is thrown. */
  authConfig: unknown
  /** The response of the identity provider; an error is thrown. */
  grant: unknown
  /** Runs before the identity provider responds. */
  meanwhile: () => Promise<void>
  readonly requests: HttpRequest[]
  readonly http: Http
}

export function fakeAstro(responses: Partial<FakeAstro> = {}): FakeAstro {
  const astro: FakeAstro = {
    authConfig: AUTH_CONFIG,
    grant: GRANTED,
    async meanwhile() {},
    requests: [],
    async http(request) {
      astro.requests.push(request)
      if (request.method === 'POST') await astro.meanwhile()
      const response = request.method === 'GET' ? astro.authConfig : astro.grant
      if (response instanceof Error) throw response
      return response
    },
    ...responses,
  }
  return astro
}

/** A home directory with a folder for the config file. */
export interface Home {
  readonly home: string
  readonly path: string
  readonly astro: FakeAstro
  /** The test fails if it leaves any. */
  readonly warnings: string[]
  now: Date
  /** How to refresh the login to astronomer.io in the config file. */
  readonly options: LoginRefresh
  readonly read: () => Promise<string>
  readonly write: (content: Buffer | string) => Promise<void>
}

/** A home for each test of a suite: call `create` before each, and `remove` after each. */
export function prepareHomes() {
  const on = {} as Home
  let listeners = 0

  const create = async () => {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'astro-home-')))
    await mkdir(join(home, '.astro'))
    Object.assign(on, describeHome(home, on))
    listeners = process.listenerCount('exit')
  }

  /** Also checks that the test left no warning, file or exit listener. */
  const remove = async () => {
    const names = await readdir(join(on.home, '.astro'))
    await rm(on.home, {recursive: true})
    const others = names.filter((name) => name !== 'config.yaml')
    expect([others, on.warnings, process.listenerCount('exit')]).to.deep.equal([[], [], listeners])
  }

  return {create, on, remove}
}

function describeHome(home: string, on: Home): Home {
  const path = join(home, '.astro', 'config.yaml')
  return {
    home,
    path,
    astro: fakeAstro(),
    warnings: [],
    now: NOW,
    options: {
      path,
      domain: DOMAIN,
      contextKey: 'astronomer_io',
      now: () => on.now,
      http: async () => on.astro.http,
      onWarning: (warning) => on.warnings.push(warning),
    },
    read: async () => readFile(path, 'utf8'),
    write: async (content) => writeFile(path, content, {mode: 0o600}),
  }
}

/** All that the user learns from a failure. */
export async function reportOf(work: () => unknown) {
  const {details, kind, message} = await failureOf(work)
  return {kind, message, ...details}
}

/** Fails as the operating system does. */
export async function failWith(code: string): Promise<never> {
  throw Object.assign(new Error(`system error ${code}`), {code})
}
