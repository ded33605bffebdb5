import {mkdirSync, realpathSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setImmediate} from 'node:timers/promises'

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
  readonly authConfig?: unknown
  readonly grant?: unknown
}

/** An API and an identity provider that refresh a login. */
export function fakeAstro(responses: Responses = {}) {
  const requests: HttpRequest[] = []
  const http: Http = async (request) => {
    requests.push(request)
    const {authConfig = AUTH_CONFIG, grant = GRANTED} = responses
    const response = request.method === 'GET' ? authConfig : grant
    if (response instanceof Error) throw response
    return response
  }

  return {http, requests}
}

/** A home directory with this config file, and the options to refresh the login to astronomer.io in there. */
export function createHome(config?: string, responses?: Responses) {
  const home = realpathSync(newFolder('home'))
  const path = join(home, '.astro', 'config.yaml')
  mkdirSync(join(home, '.astro'))
  if (config !== undefined) writeFileSync(path, config)
  const {told, ...report} = fakeReport()
  const {http, requests} = fakeAstro(responses)
  const options: LoginRefresh = {
    path,
    domain: DOMAIN,
    contextKey: 'astronomer_io',
    // Lets another holder of the lock work meanwhile.
    clock: fakeClock({now: () => NOW, sleep: async () => setImmediate()}),
    http: async () => http,
    protectRefresh: async (_domainName, refresh) => refresh,
    report,
  }
  return {home, options, path, requests, told}
}

/** All that the user learns from a failure. */
export async function reportOf(work: () => unknown) {
  const {details, kind, message} = await failureOf(work)
  return {kind, message, ...details}
}
