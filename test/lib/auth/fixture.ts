import {expect} from 'chai'
import {mkdir, readdir, readFile, realpath, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {type Http, type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {type LoginRefresh} from '../../../src/lib/auth/refresh.js'
import {newFolder} from '../../support/run-cli.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {failureOf} from '../support.js'

export const NOW = Date.parse('2026-03-10T12:00:00.750Z')
export const DOMAIN = {name: 'astronomer.io', apiHost: 'https://api.astronomer.io'}
export const LOG_IN = 'og in again with the Astro CLI: astro login astronomer.io'
export const AUTH_CONFIG = {clientId: 'client-1', domainUrl: 'https://auth.astronomer.io/'}
export const GRANTED = {access_token: 'new', expires_in: 3600}

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

/** A home directory for each test of a suite: call `create` before each, and `check` after each. */
export function prepareHomes() {
  const on = {
    home: '',
    /** The config file, in a directory that exists. */
    path: '',
    astro: fakeAstro(),
    report: fakeReport(),
    /** How to refresh the login to astronomer.io in the config file. */
    get options(): LoginRefresh {
      return {
        path: on.path,
        domain: DOMAIN,
        contextKey: 'astronomer_io',
        clock: fakeClock({now: () => NOW}),
        http: async () => on.astro.http,
        protectRefresh: async (_domainName, refresh) => refresh,
        report: on.report,
      }
    },
    read: async (): Promise<string> => readFile(on.path, 'utf8'),
    write: async (content: string): Promise<void> => writeFile(on.path, content, {mode: 0o600}),
  }

  const create = async () => {
    const home = await realpath(newFolder('home'))
    const path = join(home, '.astro', 'config.yaml')
    await mkdir(dirname(path))
    Object.assign(on, {home, path, astro: fakeAstro(), report: fakeReport()})
  }

  /** Checks that the test left no warning and no file. */
  const check = async () => {
    const names = await readdir(dirname(on.path))
    expect([names.filter((name) => name !== 'config.yaml'), on.report.told.warn]).to.deep.equal([[], []])
  }

  return {check, create, on}
}

/** All that the user learns from a failure. */
export async function reportOf(work: () => unknown) {
  const {details, kind, message} = await failureOf(work)
  return {kind, message, ...details}
}
