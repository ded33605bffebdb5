import {type Fault} from '../astro-api/faults.js'
import {ids} from '../astro-api/world.js'

/**
 * A command line and its exit code. In all texts, `{token}` stands for the API token, `{access}` and `{refresh}` for the tokens of the saved login.
 */
export interface SecretCase {
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

export const PASSWORD = 'pr0xy-s3cret'
const AT = `--deployment-id ${ids.deployments.etlProd}`
const LIST = `list ${AT}`
const ADD = `add ${ids.tokens.ciPipeline} ${AT}`
const ALWAYS = 99

const QUOTING = {
  message: 'Authorization: Bearer {token} is odd',
  requestId: '{token}',
  fieldErrors: [{code: '{token}', field: '{token}', message: '{token}'}],
}

function refusal(status: number): Fault {
  const body = {...QUOTING, statusCode: status}
  const action = {kind: 'status', status, body, headers: {'retry-after': '61'}} as const
  return {operationId: 'getApiToken', times: ALWAYS, action}
}

function brokenRead(action: Fault['action']): Fault {
  return {operationId: 'getApiToken', times: ALWAYS, action}
}

const redirect = {kind: 'status', status: 302, headers: {location: 'https://owned.example/'}} as const
const halfDocument = {kind: 'body', body: '{"id": "cl'} as const

export const SECRET_CASES: Readonly<Record<string, readonly SecretCase[]>> = {
  'by a command that succeeds': [
    {argv: 'list --all-deployments', exit: 0},
    {argv: LIST, exit: 0},
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
    {what: 'a redirect', argv: ADD, fault: brokenRead(redirect), exit: 1},
    {what: 'half a document', argv: ADD, fault: brokenRead(halfDocument), exit: 1},
    {what: 'another document', argv: ADD, fault: brokenRead({kind: 'body', body: '{"id": 1}'}), exit: 1},
    {what: 'a dropped connection', argv: ADD, fault: brokenRead({kind: 'drop'}), exit: 1},
    {what: 'a redirected write', argv: ADD, fault: {operationId: 'updateApiTokenRoles', action: redirect}, exit: 0},
    {what: 'a half write', argv: ADD, fault: {operationId: 'updateApiTokenRoles', action: halfDocument}, exit: 0},
  ],
  'if a token is in the wrong place': [
    {argv: 'list --{token}', exit: 2},
    {argv: `${LIST} --token {token}`, exit: 2},
    {argv: `${LIST} --token={token}`, exit: 2},
    {argv: `list {token} ${AT}`, exit: 2},
    {argv: `add {token} ${AT}`, exit: 2},
    {argv: `remove ${ids.tokens.deployBot} {token} ${AT}`, exit: 2},
    {argv: `add ${ids.tokens.ciPipeline} --deployment-id {token}`, exit: 2},
    {argv: 'list --all-deployments --workspace-id {token}.', exit: 2},
    {argv: `${LIST} --columns=id,{token}`, exit: 2},
    {argv: `${LIST} --sort -{token}`, exit: 2},
    {argv: `update -n {token} ${AT}`, exit: 3},
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
    {
      what: 'a proxy of another kind',
      argv: LIST,
      env: {ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY: `socks5://jo:${PASSWORD}@127.0.0.1:1`},
      exit: 2,
    },
  ],
  'with a saved login': [
    {what: 'valid', argv: ADD, login: 3600, exit: 0},
    {what: 'refreshed', argv: LIST, login: -1, exit: 0},
    {
      what: 'a refused refresh that quotes the refresh token',
      argv: LIST,
      login: -1,
      fault: {
        operationId: 'renewAccessToken',
        action: {
          kind: 'status',
          status: 403,
          body: {error: 'invalid_grant', error_description: '{refresh} is unknown'},
        },
      },
      exit: 4,
    },
    {
      what: 'half a document from the provider',
      argv: LIST,
      login: -1,
      fault: {operationId: 'renewAccessToken', action: {kind: 'body', body: '{"access_token": "{access}'}},
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
    {what: 'invalid YAML at the refresh token', argv: LIST, login: 3600, config: [': refresh', ': [refresh'], exit: 2},
    {
      what: 'Ctrl-C during a refresh',
      argv: LIST,
      login: -1,
      fault: {operationId: 'getAuthConfig', action: {kind: 'hang'}},
      isInterrupted: true,
      exit: 130,
    },
  ],
}
