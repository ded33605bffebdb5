import {expect} from 'chai'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {type OperationId} from '../astro-api/contract.js'
import {type Fault, type FaultAction} from '../astro-api/faults.js'
import {startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type CliRun, envFor, newFolder, NO_WAITS, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'
import {configWith} from './saved-login.js'
import {command, forEachAtOnce, leaksIn} from './support.js'

/** In all texts, `{token}` stands for the API token, `{access}` and `{refresh}` for the tokens of the saved login. */
interface SecretCase {
  readonly argv: string
  readonly exit: number
  readonly what?: string
  readonly env?: Readonly<Record<string, string>>
  /** Saves a login, which replaces ASTRO_API_TOKEN; the number is its time left in seconds. */
  readonly login?: number
  /** What to replace in the config file of the saved login, and with what. */
  readonly config?: readonly [found: string, replacement: string]
  readonly fault?: Fault
  /** Whether Ctrl-C comes with the first request. */
  readonly isInterrupted?: boolean
}

const PASSWORD = 'pr0xy-s3cret'
const AT = `--deployment-id ${ids.deployments.etlProd}`
const LIST = `list ${AT}`
const ADD = `add ${ids.tokens.ciPipeline} ${AT}`

const body = {
  message: 'Authorization: Bearer {token} is odd',
  requestId: '{token}',
  fieldErrors: [{code: '{token}', field: '{token}', message: '{token}'}],
}
const at = (operationId: OperationId, action: FaultAction): Fault => ({operationId, times: 99, action})
const refusal = (status: number) =>
  at('getApiToken', {kind: 'status', status, body: {...body, statusCode: status}, headers: {'retry-after': '61'}})
const redirect = {kind: 'status', status: 302, headers: {location: 'https://owned.example/'}} as const
const invalidGrant = {error: 'invalid_grant', error_description: '{refresh} is unknown'}

const CASES: Readonly<Record<string, readonly SecretCase[]>> = {
  'by a command that succeeds': [
    {argv: 'list --all-deployments', exit: 0},
    {argv: ADD, exit: 0},
    {argv: `add -n ci-pipeline ${AT}`, exit: 0},
  ],
  'if the API refuses a request and quotes the token': [
    {what: '400', argv: ADD, fault: refusal(400), exit: 1},
    {what: '401', argv: ADD, fault: refusal(401), exit: 4},
    {what: '404', argv: ADD, fault: refusal(404), exit: 3},
    {what: '429', argv: ADD, fault: refusal(429), exit: 1},
  ],
  'if a response is broken': [
    {what: 'a redirect', argv: ADD, fault: at('getApiToken', redirect), exit: 1},
    {what: 'half a document', argv: ADD, fault: at('getApiToken', {kind: 'body', body: '{"id": "cl'}), exit: 1},
    {what: 'a dropped connection', argv: ADD, fault: at('getApiToken', {kind: 'drop'}), exit: 1},
    {what: 'a redirected write', argv: ADD, fault: {operationId: 'updateApiTokenRoles', action: redirect}, exit: 0},
  ],
  'if a token is in the wrong place': [
    {argv: 'list --{token}', exit: 2},
    {argv: `${LIST} --token={token}`, exit: 2},
    {argv: `list {token} ${AT}`, exit: 2},
    {argv: `add {token} ${AT}`, exit: 2},
    {argv: `add ${ids.tokens.ciPipeline} --deployment-id {token}`, exit: 2},
    {argv: `${LIST} --columns=id,{token}`, exit: 2},
    {argv: `${LIST} --sort -{token}`, exit: 2},
    {argv: `${ADD} -r{token}`, exit: 3},
  ],
  'if a variable is wrong': [
    {what: 'ASTRO_DEPLOYMENT_ID', argv: 'list', env: {ASTRO_DEPLOYMENT_ID: '{token}'}, exit: 2},
    {what: 'ASTRO_DOMAIN', argv: LIST, env: {ASTRO_DOMAIN: '{token}'}, exit: 2},
    {
      what: 'a proxy that is down',
      argv: LIST,
      env: {ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY: `http://jo:${PASSWORD}@127.0.0.1:1`},
      exit: 1,
    },
  ],
  'with a saved login': [
    {what: 'valid', argv: ADD, login: 3600, exit: 0},
    {what: 'refreshed', argv: LIST, login: -1, exit: 0},
    {
      what: 'a refused refresh that quotes the refresh token',
      argv: LIST,
      login: -1,
      fault: at('renewAccessToken', {kind: 'status', status: 403, body: invalidGrant}),
      exit: 4,
    },
    {
      what: 'half a document from the provider',
      argv: LIST,
      login: -1,
      fault: at('renewAccessToken', {kind: 'body', body: '{"access_token": "{access}'}),
      exit: 1,
    },
    {
      what: 'that cannot be saved',
      argv: LIST,
      login: -1,
      config: ['token: Bearer {access}', 'token: &mine Bearer {access}\r\n        alias: *mine'],
      exit: 0,
    },
    {what: 'invalid YAML', argv: LIST, login: 3600, config: ['token: Bearer ey', 'token: "Bearer ey'], exit: 2},
    {
      what: 'Ctrl-C during a refresh',
      argv: LIST,
      login: -1,
      fault: at('getAuthConfig', {kind: 'hang'}),
      isInterrupted: true,
      exit: 130,
    },
  ],
}

describe('secrets are neither printed nor written', function () {
  this.timeout(120_000)

  for (const [group, cases] of Object.entries(CASES)) {
    for (const isJson of [false, true]) {
      it(`${group}, ${isJson ? 'with --json' : 'with DEBUG=*'}`, async () => {
        const outcomes = await forEachAtOnce(cases, 4, async (each) => ({
          what: each.what ?? each.argv,
          ...(await leaksOf(each, isJson)),
        }))
        expect(outcomes).to.deep.equal(cases.map(({argv, exit, what = argv}) => ({what, exit, leaks: []})))
      })
    }
  }
})

/** Runs the command in directories of its own. Returns its exit code and the text around each secret that it shows. */
async function leaksOf(template: SecretCase, isJson: boolean): Promise<{exit: CliRun['exit']; leaks: string[]}> {
  const api = await startAstroApi()
  try {
    const {login: expiresInSeconds} = template
    const login = expiresInSeconds === undefined ? undefined : api.login({expiresInSeconds, rotate: true})
    const token = api.apiToken()
    const {accessToken = '', refreshToken = ''} = login ?? {}
    const words = {token, access: accessToken, refresh: refreshToken}
    let text = JSON.stringify(template)
    for (const [name, value] of Object.entries(words)) text = text.replaceAll(`{${name}}`, value)
    const each = JSON.parse(text) as SecretCase
    const {HOME = '', ...folders} = envFor(api)
    const config = join(HOME, '.astro', 'config.yaml')
    if (login) writeFileSync(config, configWith(api, login).replace(...(each.config ?? ['', ''])))
    if (each.fault) api.inject(each.fault)

    const credential = login ? {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined} : {ASTRO_API_TOKEN: token}
    // DEBUG prints the stack, the arguments and each request.
    const debug = isJson ? undefined : '*'
    const env = {...folders, HOME, ...NO_WAITS, ...credential, DEBUG: debug, ...each.env}
    const cwd = newFolder()
    const {child, end} = startCli(command(...each.argv.split(' '), ...(isJson ? ['--json'] : [])), env, {cwd})
    if (each.isInterrupted) {
      await until(() => api.requests.length > 0)
      child.kill('SIGINT')
    }

    const {exit, stderr, stdout} = await end

    const sent = api.requests.map(({headers}) => (headers.authorization ?? '').replace('Bearer ', ''))
    const secrets = [token, accessToken, refreshToken, PASSWORD, ...sent]
    const files = [HOME, folders.TMPDIR, cwd]
      .flatMap((folder) => filesBelow(folder ?? ''))
      .filter((file) => file !== config || !login)
    const leaks = [
      // oclif wraps the lines of its own errors.
      ...leaksIn({stdout, stderr: `${stderr}\n${stderr.replaceAll(/\n [›»] +/g, '')}`}, secrets),
      ...files.flatMap((file) => leaksIn({stdout: readFileSync(file, 'latin1'), stderr: file}, secrets)),
    ]
    return {exit, leaks}
  } finally {
    await api.close()
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, {recursive: true})
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path, {throwIfNoEntry: false})?.isFile())
}
