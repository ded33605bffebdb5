import {expect} from 'chai'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {type Fault, type FaultAction} from '../astro-api/faults.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type CliRun, type Env, envFor, newFolder, NO_WAITS, startCli} from '../support/run-cli.js'
import {configWith, type SavedLogin} from './saved-login.js'
import {command, forEachAtOnce, leaksIn, onFirstRequest} from './support.js'

const PASSWORD = 'pr0xy-s3cret'
const AT = `--deployment-id ${ids.deployments.etlProd}`
const LIST = `list ${AT}`
const ADD = `add ${ids.tokens.ciPipeline} ${AT}`

/** What a run has to do with: the API, and the secrets. */
interface Place {
  readonly api: AstroApi
  readonly token: string
  readonly login: SavedLogin | undefined
}

/** A command line and its exit code. `{token}`, `{claims}` and `{middle}` stand for the API token and parts of it. */
interface Case {
  readonly argv: string
  readonly exit: number
  readonly what?: string
  readonly env?: (place: Place) => Env
  /** Saves a login, which replaces ASTRO_API_TOKEN; the number is its time left in seconds. */
  readonly login?: number
  /** Changes the config file of the saved login. */
  readonly config?: (text: string) => string
  readonly faults?: (place: Place) => readonly Fault[]
  /** Whether Ctrl-C comes with the first request. */
  readonly isInterrupted?: boolean
}

function always(operationId: Fault['operationId'] & string, action: FaultAction): readonly Fault[] {
  return [{operationId, times: Infinity, action}]
}

const done: readonly Case[] = ['list --all-deployments', LIST, ADD, `add -n ci-pipeline ${AT}`].map((argv) => ({
  argv,
  exit: 0,
}))

const refused: readonly Case[] = (
  [
    [400, 1],
    [401, 4],
    [404, 3],
    [429, 1],
  ] as const
).map(([status, exit]) => ({
  what: `a ${status} that quotes the token`,
  argv: ADD,
  exit,
  faults({token}) {
    const said = `Authorization: Bearer ${token} is odd`
    const fieldErrors = [{code: token, field: token, message: said}]
    const body = {message: said, requestId: token, statusCode: status, fieldErrors}
    return always('getApiToken', {kind: 'status', status, body, headers: {'retry-after': '61'}})
  },
}))

const broken: readonly Case[] = (
  [
    ['a redirect', {kind: 'status', status: 302, headers: {location: 'https://owned.example/'}}],
    ['half a document', {kind: 'body', body: '{"id": "cl'}],
    ['another document', {kind: 'body', body: '{"id": 1}'}],
    ['a dropped connection', {kind: 'drop'}],
  ] as const
).flatMap(([what, action]): Case[] => [
  {what, argv: ADD, faults: () => always('getApiToken', action), exit: 1},
  {what, argv: ADD, faults: () => [{operationId: 'updateApiTokenRoles', action}], exit: 0},
])

/** A token where a user may put it by mistake. */
const misplaced: readonly Case[] = [
  ...[
    'list --{token}',
    'list --{middle}',
    `${LIST} --token {token}`,
    `${LIST} --token={token}`,
    `list {token} ${AT}`,
    `add {token} ${AT}`,
    `add x-{claims} ${AT}`,
    `remove ${ids.tokens.deployBot} {token} ${AT}`,
    `add ${ids.tokens.ciPipeline} --deployment-id {token}`,
    'list --all-deployments --workspace-id {token}.',
    `${LIST} --columns=id,{token}`,
    `${LIST} --sort -{token}`,
  ].map((argv) => ({argv, exit: 2})),
  ...[`update -n {token} ${AT}`, `${ADD} -r{token}`].map((argv) => ({argv, exit: 3})),
]

const variables: readonly Case[] = [
  {what: 'ASTRO_DEPLOYMENT_ID', argv: 'list', env: ({token}) => ({ASTRO_DEPLOYMENT_ID: token}), exit: 2},
  {what: 'ASTRO_DOMAIN', argv: LIST, env: ({token}) => ({ASTRO_DOMAIN: token}), exit: 2},
  {what: 'a cut-off token', argv: LIST, env: ({token}) => ({ASTRO_API_TOKEN: token.slice(0, 99)}), exit: 4},
  {what: 'an expired token', argv: LIST, env: ({api}) => ({ASTRO_API_TOKEN: api.apiToken({exp: 1})}), exit: 4},
  ...(
    [
      [`http://jo:${PASSWORD}@127.0.0.1:1`, 1],
      [`socks5://jo:${PASSWORD}@127.0.0.1:1`, 2],
    ] as const
  ).map(([proxy, exit]) => ({
    what: `the proxy ${proxy}`,
    argv: LIST,
    env: () => ({ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY: proxy, HTTP_PROXY: proxy}),
    exit,
  })),
]

const logins: readonly Case[] = (
  [
    {what: 'a login', argv: ADD, login: 3600, exit: 0},
    {what: 'a login that is refreshed', login: -1, exit: 0},
    {
      what: 'a refused refresh that quotes the refresh token',
      login: -1,
      faults: ({login}) =>
        always('renewAccessToken', {
          kind: 'status',
          status: 403,
          body: {error: 'invalid_grant', error_description: `${login?.refreshToken ?? ''} is unknown`},
        }),
      exit: 4,
    },
    {
      what: 'half a document from the provider',
      login: -1,
      faults: ({login}) =>
        always('renewAccessToken', {kind: 'body', body: `{"access_token": "${login?.accessToken ?? ''}`}),
      exit: 1,
    },
    {
      what: 'a login that cannot be saved',
      login: -1,
      config: (text) => `${text.replace('token: Bearer ey', 'token: &mine Bearer ey')}x: *mine\r\n`,
      exit: 0,
    },
    {
      what: 'invalid YAML at the token',
      login: 3600,
      config: (text) => text.replace('token: Bearer ey', 'token: "Bearer ey'),
      exit: 2,
    },
    {
      what: 'invalid YAML at the refresh token',
      login: 3600,
      config: (text) => text.replace(/refreshtoken: (refresh)/, 'refreshtoken: [$1'),
      exit: 2,
    },
    {
      what: 'Ctrl-C during a refresh',
      login: -1,
      faults: () => always('getAuthConfig', {kind: 'hang'}),
      isInterrupted: true,
      exit: 130,
    },
  ] satisfies readonly (Omit<Case, 'argv'> & {readonly argv?: string})[]
).map((each) => ({argv: LIST, env: () => ({ASTRO_DOMAIN: undefined}), ...each}))

/** Runs the command in folders of its own. Returns its exit code and the text around each secret that it shows. */
async function leaksOf(each: Case, isJson: boolean): Promise<{exit: CliRun['exit']; leaks: readonly string[]}> {
  const api = await startAstroApi()
  try {
    const login = each.login === undefined ? undefined : api.login({expiresInSeconds: each.login, rotate: true})
    const token = api.apiToken()
    const place = {api, login, token}
    const cwd = newFolder()
    const base = {...envFor(api, {ASTRO_API_TOKEN: login ? undefined : token}), ...NO_WAITS, ...each.env?.(place)}
    const config = join(base.HOME ?? '', '.astro', 'config.yaml')
    if (login) writeFileSync(config, (each.config ?? String)(configWith(api, login)))
    for (const fault of each.faults?.(place) ?? []) api.inject(fault)

    const [, claims = ''] = token.split('.')
    const line = each.argv
      .replace('{token}', token)
      .replace('{claims}', claims)
      .replace('{middle}', token.slice(60, 120))
    // DEBUG prints the stack, the arguments and each request.
    const [more, env] = isJson ? [['--json'], base] : [[], {...base, DEBUG: '*'}]
    const {child, end} = startCli(command(...line.split(' '), ...more), env, {cwd})
    if (each.isInterrupted) onFirstRequest(api, () => child.kill('SIGINT'))
    const run = await end

    const sent = api.requests.map(({headers}) => (headers.authorization ?? '').replace('Bearer ', ''))
    const secrets = [token, login?.accessToken ?? '', login?.refreshToken ?? '', PASSWORD, ...sent]
    const files = [base.HOME, base.TMPDIR, base.ASTRO_LOCK_DIR, cwd].flatMap((folder) => filesBelow(folder ?? ''))
    const leaks = [
      // oclif wraps the lines of its own errors.
      ...leaksIn({stdout: run.stdout, stderr: `${run.stderr}\n${run.stderr.replaceAll(/\n [›»] +/g, '')}`}, secrets),
      ...files
        .filter((file) => file !== config || !login)
        .flatMap((file) => leaksIn({stdout: readFileSync(file, 'latin1'), stderr: file}, secrets)),
    ]
    return {exit: run.exit, leaks}
  } finally {
    await api.close()
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, {recursive: true})
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path, {throwIfNoEntry: false})?.isFile())
}

describe('secrets are neither printed nor written', function () {
  this.timeout(120_000)

  for (const [group, cases] of Object.entries({
    'by a command that succeeds': done,
    'if the API refuses a request': refused,
    'if a response is broken': broken,
    'if a token is in the wrong place': misplaced,
    'if a variable is wrong': variables,
    'with a saved login': logins,
  })) {
    for (const isJson of [false, true]) {
      it(`${group}, ${isJson ? 'with --json' : 'with DEBUG=*'}`, async () => {
        const titles = cases.map(({argv, what}) => what ?? argv)
        const outcomes = await forEachAtOnce(cases, 4, async (each) => leaksOf(each, isJson))

        const found = outcomes.map(({exit, leaks}, index) => ({case: titles[index], exit, leaks}))
        expect(found).to.deep.equal(cases.map(({exit}, index) => ({case: titles[index], exit, leaks: []})))
      })
    }
  }
})
