import {expect} from 'chai'
import {mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Http, type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {type LoginRefresh} from '../../../src/lib/auth/refresh.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'

export const NOW = Date.parse('2026-03-10T12:00:00.750Z')
export const DOMAIN = {name: 'astronomer.io', apiHost: 'https://api.astronomer.io'}
export const LOG_IN = 'og in again with the Astro CLI: astro login astronomer.io'
export const AUTH_CONFIG = {clientId: 'client-1', domainUrl: 'https://auth.astronomer.io/'}
export const GRANTED = {access_token: 'new-token', expires_in: 3600}
export const REFUSED = new AstroError('invalid_request', 'no', {status: 400})
export const DOWN = new AstroError('api', 'down', {status: 503})

/** What the API and the identity provider return; an error is thrown. */
export interface Responses {
  authConfig?: unknown
  grant?: unknown
}

/** An API and an identity provider that refresh a login. `meanwhile` runs before the provider responds. */
export function fakeAstro(responses: Responses = {}) {
  const requests: HttpRequest[] = []
  const http: Http = async (request) => {
    requests.push(request)
    if (request.method === 'POST') await astro.meanwhile()
    const response = request.method === 'GET' ? astro.authConfig : astro.grant
    if (response instanceof Error) throw response
    return response
  }

  const defaults: Responses = {authConfig: AUTH_CONFIG, grant: GRANTED}
  const astro = {http, meanwhile: async (): Promise<unknown> => undefined, requests, ...defaults, ...responses}
  return astro
}

/** A home directory for each test of a suite: call `create` before each, and `remove` after each. */
export function prepareHomes() {
  const on = {
    home: '',
    /** The config file, in a directory that exists. */
    path: '',
    astro: fakeAstro(),
    now: NOW,
    sleeps: [0],
    /** Runs before each sleep. */
    duringSleep: async (): Promise<unknown> => undefined,
    warnings: [''],
    debugged: [''],
    /** How to refresh the login to astronomer.io in the config file. */
    get options() {
      return {
        path: on.path,
        domain: DOMAIN,
        contextKey: 'astronomer_io',
        clock: {
          now: () => on.now,
          random: () => 0.5,
          async sleep(milliseconds) {
            on.sleeps.push(milliseconds)
            await on.duringSleep()
          },
        },
        http: async () => on.astro.http,
        async protectRefresh(_domainName, refresh) {
          return refresh
        },
        report: {
          warn: (warning) => on.warnings.push(warning),
          debug: (...parts) => on.debugged.push(parts.join(' ')),
          status() {},
        },
      } satisfies LoginRefresh
    },
    read: async (): Promise<string> => readFile(on.path, 'utf8'),
    write: async (content: Buffer | string): Promise<void> => writeFile(on.path, content, {mode: 0o600}),
  }

  const create = async () => {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'astro-home-')))
    await mkdir(join(home, '.astro'))
    const path = join(home, '.astro', 'config.yaml')
    const quiet = {async duringSleep() {}, sleeps: [], warnings: [], debugged: []}
    Object.assign(on, {home, path, astro: fakeAstro(), now: NOW, ...quiet})
  }

  /** Also checks that the test left no warning and no file. */
  const remove = async () => {
    const names = await readdir(join(on.home, '.astro'))
    await rm(on.home, {recursive: true})
    expect([names.filter((name) => name !== 'config.yaml'), on.warnings]).to.deep.equal([[], []])
  }

  return {create, on, remove}
}

/** All that the user learns from a failure. */
export async function reportOf(work: () => unknown) {
  const {details, kind, message} = await failureOf(work)
  return {kind, message, ...details}
}
