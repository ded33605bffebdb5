import {expect} from 'chai'
import {mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

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

/** What the API and the identity provider return; an error is thrown. */
export interface Responses {
  authConfig?: unknown
  grant?: unknown
}

async function nothing(): Promise<void> {}

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
  const astro = {http, meanwhile: nothing, requests, ...defaults, ...responses}
  return astro
}

/** A home directory for each test of a suite: call `create` before each, and `remove` after each. */
export function prepareHomes() {
  let listeners = 0
  const on = {
    home: '',
    /** The config file, in a folder that exists. */
    path: '',
    astro: fakeAstro(),
    warnings: [''],
    now: NOW,
    /** How to refresh the login to astronomer.io in the config file. */
    get options(): LoginRefresh {
      return {
        path: on.path,
        domain: DOMAIN,
        contextKey: 'astronomer_io',
        now: () => on.now,
        clock: {now: () => on.now.getTime(), sleep, random: Math.random},
        http: async () => on.astro.http,
        onWarning: (warning) => on.warnings.push(warning),
      }
    },
    read: async (): Promise<string> => readFile(on.path, 'utf8'),
    write: async (content: Buffer | string): Promise<void> => writeFile(on.path, content, {mode: 0o600}),
  }

  const create = async () => {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'astro-home-')))
    await mkdir(join(home, '.astro'))
    Object.assign(on, {home, path: join(home, '.astro', 'config.yaml'), astro: fakeAstro(), warnings: [], now: NOW})
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

/** All that the user learns from a failure. */
export async function reportOf(work: () => unknown) {
  const {details, kind, message} = await failureOf(work)
  return {kind, message, ...details}
}

/** Fails as the operating system does. */
export async function failWith(code: string): Promise<never> {
  throw Object.assign(new Error(`system error ${code}`), {code})
}
