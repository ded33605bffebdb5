import {expect} from 'chai'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {type OperationId} from '../astro-api/contract.js'
import {type Fault, type FaultAction} from '../astro-api/faults.js'
import {startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Env, envFor, newFolder, runCli} from '../support/run-cli.js'
import {command, configWith, forEachAtOnce, leaksIn} from './support.js'

/** In all texts, `{token}` stands for the API token, `{access}` and `{refresh}` for the tokens of the saved login. */
interface SecretCase {
  readonly argv: string
  readonly exit: number
  readonly env?: Env
  /** Saves a login, which replaces ASTRO_API_TOKEN; the number is its time left in seconds. */
  readonly login?: number
  /** What to replace in the config file of the saved login, and with what. */
  readonly config?: readonly [found: string, replacement: string]
  readonly fault?: Fault
}

const PASSWORD = 'pr0xy-s3cret'
const AT = `--deployment-id ${ids.deployments.etlProd}`
const LIST = `list ${AT}`
const ADD = `add ${ids.tokens.ciPipeline} ${AT}`
const REFRESH = {argv: LIST, login: -1}

const at = (operationId: OperationId, action: FaultAction): Fault => ({operationId, times: 99, action})
const fieldErrors = [{code: '{token}', field: '{token}', message: '{token}'}]
const quote = {message: 'Authorization: Bearer {token} is odd', requestId: '{token}', statusCode: 400, fieldErrors}
const refusal = at('getApiToken', {kind: 'status', status: 400, body: quote})
const redirect = at('getApiToken', {kind: 'status', status: 302, headers: {location: 'https://owned.example/'}})
const invalidGrant = {error: 'invalid_grant', error_description: '{refresh} is unknown'}
const refusedRefresh = at('renewAccessToken', {kind: 'status', status: 403, body: invalidGrant})
const halfADocument = at('renewAccessToken', {kind: 'body', body: '{"access_token": "{access}'})
const proxy = {ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY: `http://jo:${PASSWORD}@127.0.0.1:1`}
const alias = ['token: Bearer {access}', 'token: &mine Bearer {access}\r\n        alias: *mine'] as const

const CASES: Readonly<Record<string, SecretCase>> = {
  'an audit': {argv: 'list --all-deployments', exit: 0},
  'a refusal that quotes it': {argv: ADD, fault: refusal, exit: 1},
  'a redirected read': {argv: ADD, fault: redirect, exit: 1},
  'a token as a flag': {argv: 'list --{token}', exit: 2},
  'a token as an argument': {argv: `add {token} ${AT}`, exit: 2},
  'a token as a role': {argv: `${ADD} -r{token}`, exit: 3},
  'a token in ASTRO_DEPLOYMENT_ID': {argv: 'list', env: {ASTRO_DEPLOYMENT_ID: '{token}'}, exit: 2},
  'a token in ASTRO_DOMAIN': {argv: LIST, env: {ASTRO_DOMAIN: '{token}'}, exit: 2},
  'a proxy that is down': {argv: LIST, env: proxy, exit: 1},
  'a refreshed login': {...REFRESH, exit: 0},
  'a refused refresh that quotes the refresh token': {...REFRESH, fault: refusedRefresh, exit: 4},
  'half a document from the provider': {...REFRESH, fault: halfADocument, exit: 1},
  'a login that cannot be saved': {...REFRESH, config: alias, exit: 0},
  'a login in invalid YAML': {argv: LIST, login: 3600, config: ['token: Bearer ey', 'token: "Bearer ey'], exit: 2},
}

describe('secrets are neither printed nor written', function () {
  this.timeout(120_000)

  it('by any command, with --json or with DEBUG=*', async () => {
    // DEBUG=* prints the stack, the arguments and each request.
    const modes = [{flags: ['--json']}, {flags: [], DEBUG: '*'}]
    const rows = Object.entries(CASES).flatMap((entry) => modes.map((mode) => [...entry, mode] as const))
    await forEachAtOnce(rows, 4, async ([what, template, {DEBUG, flags}]) => {
      const {exit, leaks} = await leaksOf(template, flags, DEBUG)
      expect({exit, leaks}, `${what} ${flags.join(' ')}`).to.deep.equal({exit: template.exit, leaks: []})
    })
  })
})

/** Runs the command in directories of its own. Returns its exit code and the text around each secret that it shows. */
async function leaksOf(template: SecretCase, flags: readonly string[], DEBUG?: string) {
  const api = await startAstroApi()
  const login = template.login && api.login({expiresInSeconds: template.login, rotate: true})
  const token = api.apiToken()
  const {accessToken = '', refreshToken = ''} = login || {}
  const text = JSON.stringify(template)
    .replaceAll('{token}', token)
    .replaceAll('{access}', accessToken)
    .replaceAll('{refresh}', refreshToken)
  const {argv, config = ['', ''], env: more, fault} = JSON.parse(text) as SecretCase
  const {HOME = '', TMPDIR = '', ...env} = envFor(api)
  const file = join(HOME, '.astro', 'config.yaml')
  if (login) writeFileSync(file, configWith(api, login).replace(...config))
  if (fault) api.inject(fault)

  const credential = login ? {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined} : {ASTRO_API_TOKEN: token}
  const cwd = newFolder()
  const variables = {...env, HOME, TMPDIR, ...credential, DEBUG, ...more}
  const {exit, stderr, stdout} = await runCli(command(...argv.split(' '), ...flags), variables, cwd)
  await api.close()

  const sent = api.requests.map(({headers}) => (headers.authorization ?? '').replace('Bearer ', ''))
  const written = [HOME, TMPDIR, cwd]
    .flatMap((folder) => readdirSync(folder, {recursive: true}).map((name) => join(folder, String(name))))
    .filter((path) => statSync(path, {throwIfNoEntry: false})?.isFile() && !(login && path === file))
  const files = written.map((path) => `${path}\n${readFileSync(path, 'latin1')}`).join('\n')
  const secrets = [token, accessToken, refreshToken, PASSWORD, ...sent]
  return {exit, leaks: leaksIn({stdout, stderr: `${stderr}\n${files}`}, secrets)}
}
