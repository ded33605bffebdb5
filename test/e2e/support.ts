import {expect} from 'chai'
import {subscribe, unsubscribe} from 'node:diagnostics_channel'
import {type Socket} from 'node:net'

import {type AstroApi, type AstroApiOptions, startAstroApi} from '../astro-api/server.js'
import {type TokenRole, type WorldToken} from '../astro-api/world.js'
import {type CliRun, converse, type Env, envFor, runCli, type Turn} from '../support/run-cli.js'

/** The words of a command line of ours after `astro`. */
export function command(...argv: readonly string[]): readonly string[] {
  return ['deployment', 'organization-token', ...argv]
}

/** An emulator, an environment for it, and shorthands for both. */
export interface Place {
  readonly api: AstroApi
  readonly env: Env
  /** Starts the emulator: for `beforeEach`. */
  readonly open: () => Promise<void>
  /** Ends the emulator, and checks that all requests kept the contract: for `afterEach`. */
  readonly close: () => Promise<void>
  readonly run: (...argv: readonly string[]) => Promise<CliRun>
  readonly onTerminal: (
    argv: readonly string[],
    turns?: readonly Turn[],
    options?: {readonly columns?: number; readonly more?: Env; readonly redirect?: string},
  ) => Promise<CliRun>
  /** The operations of the requests so far. */
  readonly operations: () => readonly string[]
}

export function createPlace(options: () => AstroApiOptions = () => ({}), more: Env = {}): Place {
  let opened: undefined | {readonly api: AstroApi; readonly env: Env}
  const current = () => {
    if (!opened) throw new Error('The emulator is not open.')
    return opened
  }

  return {
    get api() {
      return current().api
    },
    get env() {
      return current().env
    },
    async open() {
      const api = await startAstroApi(options())
      opened = {api, env: envFor(api, more)}
    },
    async close() {
      const {api} = current()
      await api.close()
      expect(api.violations).to.deep.equal([])
    },
    run: async (...argv) => runCli(command(...argv), current().env),
    onTerminal: async (argv, turns, {more: variables, ...terminal} = {}) =>
      converse(command(...argv), {...current().env, ...variables}, turns, terminal),
    operations: () => current().api.requests.map(({operationId}) => operationId ?? ''),
  }
}

export function roleOnDeployment(entityId: string, role: string): TokenRole {
  return {entityType: 'DEPLOYMENT', entityId, role}
}

export function tokenOf({world}: Pick<AstroApi, 'world'>, id: string): WorldToken {
  const token = world.tokens.find((each) => each.id === id)
  if (!token) throw new Error(`The world has no token ${id}.`)
  return token
}

export {roleOnDeployment as roleOn}

/** A copy of the roles that a token has now. */
export function rolesOf(api: Pick<AstroApi, 'world'>, id: string): readonly TokenRole[] {
  return structuredClone(tokenOf(api, id).roles ?? [])
}

/** Forms of secrets: a credential in a header, a JWT, a refresh token of the emulator. */
const CREDENTIALS = [/bearer\s+(?!\[redacted])\S+/gi, /eyJ[\w-]{8,}/g, /refresh-[\da-f-]{36}/g]

/** The text around each place of the output that shows one of these secrets, or a part of one that is a JWT. */
export function leaksIn({stderr, stdout}: Pick<CliRun, 'stderr' | 'stdout'>, secrets: readonly string[]): string[] {
  const output = `${stdout}\n${stderr}`
  // The header of a JWT is no secret, and the same in all of them.
  const parts = secrets.flatMap((secret) => [secret, ...secret.split('.').slice(1)]).filter((part) => part !== '')
  const places = [
    ...parts.map((part) => output.indexOf(part)),
    ...CREDENTIALS.flatMap((form) => [...output.matchAll(form)].map(({index}) => index)),
  ].filter((place) => place >= 0)
  return [...new Set(places)].map((place) => output.slice(Math.max(0, place - 60), place + 12))
}

/** The lines of a stack trace in a text. */
export function stackLinesIn(text: string): string[] {
  return text.match(/^\s+at .+$/gm) ?? []
}

/** Does the work on all items, on at most so many of them at once. */
export async function forEachAtOnce<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>()
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) results.set(index, await work(item))
  }

  await Promise.all(Array.from({length: limit}, worker))
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}

/** Calls back, once, when the first request reaches the emulator at this address. */
export function onFirstRequest({url}: Pick<AstroApi, 'url'>, callback: () => void): void {
  const port = Number(new URL(url).port)
  const listener = (message: unknown) => {
    const {socket} = message as {readonly socket: Socket}
    if (socket.localPort !== port) return
    unsubscribe('http.server.request.start', listener)
    callback()
  }

  subscribe('http.server.request.start', listener)
}

export {envFor as ownEnvFor} from '../support/run-cli.js'
