import type {Outcome} from './faults.js'
import type {World} from './world.js'

import {createClient} from '../../src/lib/astro-api/client.js'
import {connectionError, statusError, timeoutError, unreadable} from '../../src/lib/astro-api/failures.js'
import {type HttpRequest} from '../../src/lib/astro-api/http.js'
import {createAstroApi} from '../../src/lib/astro-api/operations.js'
import {createEmulator, handle} from './emulator.js'
import {recordRequest} from './requests.js'
import {contentOf} from './responses.js'

const HOST = 'emulator.example'

/** The emulator without a socket, and the client for the world's Organization. It sends each request once. */
export function openInProcess(world: World) {
  const emulator = createEmulator(world)
  const {credentials, faults, requests, violations} = emulator
  const bearer = credentials.apiToken()
  const http = async ({headers = {}, json = null, method, url}: HttpRequest): Promise<unknown> => {
    const sent = {method, url, headers: {'content-type': 'application/json', ...headers}, body: json}
    const text = textOf(await handle(emulator, recordRequest(sent)))
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }

  const client = createClient(http, {apiHost: `https://${HOST}`, bearer: () => bearer})
  return {
    api: createAstroApi(client, world.organizations[0]?.id ?? '', {status() {}}),
    inject: faults.inject,
    /** The operations of the requests so far. */
    operations: () => requests.map(({operationId}) => operationId),
    requests,
    violations,
    world,
  }
}

/** The body of a successful response. Throws the error of the client for anything else. */
function textOf(outcome: Outcome): string {
  if (outcome.kind === 'hang') throw timeoutError(HOST)
  if (outcome.kind !== 'response') throw connectionError('ECONNRESET', HOST)
  const {headers = {}, response} = outcome
  const body = contentOf(response).toString()
  const {status} = response
  if (status >= 400) throw statusError({status, body, retryAfter: headers['retry-after'], now: 0})
  if (status >= 300 || /^[^{]/.test(body)) throw unreadable(status, 'it is not JSON')
  return body
}
