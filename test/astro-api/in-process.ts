import type {Fault, Outcome} from './faults.js'
import type {World} from './world.js'

import {createClient} from '../../src/lib/astro-api/client.js'
import {connectionError, statusError, timeoutError, unreadable} from '../../src/lib/astro-api/failures.js'
import {type Http} from '../../src/lib/astro-api/http.js'
import {type AstroApi, createAstroApi} from '../../src/lib/astro-api/operations.js'
import {createEmulator, type Emulator, handle} from './emulator.js'
import {encodeJwt} from './jwt.js'
import {recordedRequest} from './requests.js'
import {contentOf} from './response-bytes.js'

const HOST = 'emulator.example'

export interface InProcessApi extends Pick<Emulator, 'requests' | 'violations' | 'world'> {
  /** The API of the world's first Organization. It sends each request once. */
  readonly api: AstroApi
  readonly inject: (fault: Fault) => void
  /** The operations of the requests so far. */
  readonly operations: () => (null | string)[]
}

/** The emulator without a socket. */
export function openInProcess(world: World): InProcessApi {
  const emulator = createEmulator(world)
  const [{id: organizationId} = {id: ''}] = world.organizations
  const bearer = encodeJwt({permissions: [`organizationId:${organizationId}`]})
  const client = createClient(httpTo(emulator), {apiHost: `https://${HOST}`, bearer: () => bearer})
  const {faults, requests, violations} = emulator
  return {
    api: createAstroApi(client, organizationId, {status() {}}),
    inject: faults.inject,
    operations: () => requests.map(({operationId}) => operationId),
    requests,
    violations,
    world,
  }
}

function httpTo(emulator: Emulator): Http {
  return async ({headers = {}, json, method, url}) => {
    const request = {method, url, body: json ?? null, headers: {'content-type': 'application/json', ...headers}}
    const text = textOf(await handle(emulator, recordedRequest(request, 1)))
    return text === '' ? undefined : (JSON.parse(text) as unknown)
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
