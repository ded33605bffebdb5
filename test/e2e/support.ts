import {expect} from 'chai'
import {type Suite} from 'mocha'

import {ignore} from '../../src/lib/helpers.js'
import {type AstroApi, type AstroApiOptions, startAstroApi} from '../astro-api/server.js'
import {ids, tokenOf, type TokenRole} from '../astro-api/world.js'
import {type CliRun, converse, type Env, envFor, runCli, type Turn} from '../support/run-cli.js'
import {until} from '../support/until.js'

export {roleOnDeployment, tokenOf} from '../astro-api/world.js'

/** The words of a command line of ours after `astro`. */
export function command(...argv: readonly string[]): readonly string[] {
  return ['deployment', 'organization-token', ...argv]
}

/** An emulator, and an environment for it, during each test of the suite. A test may take as long as on a slow machine. */
export function placeDuring(suite: Suite, options: () => AstroApiOptions = () => ({}), more: Env = {}) {
  let api: AstroApi
  let env: Env
  suite.timeout(60_000)
  suite.beforeEach(async () => {
    api = await startAstroApi(options())
    env = envFor(api, more)
  })
  suite.afterEach(async () => {
    await api.close()
    expect(api.violations, 'violations of the contract').to.deep.equal([])
  })

  return {
    get api() {
      return api
    },
    get env() {
      return env
    },
    run: async (...argv: readonly string[]) => runCli(command(...argv), env),
    onTerminal: async (
      argv: readonly string[],
      turns?: readonly Turn[],
      {more: variables, ...terminal}: {readonly columns?: number; readonly more?: Env; readonly redirect?: string} = {},
    ) => converse(command(...argv), {...env, ...variables}, turns, terminal),
    /** The operations of the requests so far. */
    operations: () => api.requests.map(({operationId}) => operationId ?? ''),
  }
}

/** A config file with a login of the emulator, and everything that a refresh must leave unchanged. */
export function configWith(
  {url}: AstroApi,
  {accessToken, expiresAt, refreshToken}: ReturnType<AstroApi['login']>,
): string {
  return `# my config
local: { core: "${url}/v1" } # the emulator
context: localhost

contexts:
    astronomer_io:
        token: Bearer another
        refreshtoken: another-refresh
        expiresin: "2020-01-01T00:00:00Z"
    localhost:
        domain: localhost
        expiresin: "${expiresAt.toISOString()}" # soon
        organization: ${ids.organization}
        refreshtoken: ${refreshToken}
        token: Bearer ${accessToken}
        new_key: { of: 'a later version' }
        workspace: ""
`
}

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
  const parts = secrets.flatMap((secret) => partsOf(secret.split('.').slice(1).join('.') || secret))
  const places = [
    ...parts.map((part) => output.indexOf(part)),
    ...CREDENTIALS.flatMap((form) => [...output.matchAll(form)].map(({index}) => index)),
  ].filter((place) => place >= 0)
  return [...new Set(places)].map((place) => output.slice(Math.max(0, place - 60), place + 12))
}

/** Every part of a secret that is long enough to be of use; a shorter secret as a whole. */
function partsOf(secret: string): string[] {
  const length = 20
  if (secret.length <= length) return secret === '' ? [] : [secret]
  return Array.from({length: secret.length - length + 1}, (_, start) => secret.slice(start, start + length))
}

/** The lines of a stack trace in a text. */
export function stackLinesIn(text: string): string[] {
  return text.match(/^\s+at .+$/gm) ?? []
}

/** Does the work for all items, for at most `limit` of them at once. */
export async function forEachAtOnce<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>) {
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) await work(item)
  }

  await Promise.all(Array.from({length: limit}, worker))
}

/** Calls back, once, when the first request reaches the emulator. */
export function onFirstRequest({requests}: Pick<AstroApi, 'requests'>, callback: () => void): void {
  until(() => requests.length > 0).then(callback, ignore)
}
