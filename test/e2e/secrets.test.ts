import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {type Fault} from '../astro-api/faults.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {BIN, type CliRun, type Env, finished} from '../support/run-cli.js'
import {configWith, type SavedLogin} from './saved-login.js'
import {leaksIn, onFirstRequest, ownEnvFor, ownTmp, turnstile} from './support.js'

const {deployments, tokens} = ids
const PASSWORD = 'pr0xy-s3cret'
const AT = ['--deployment-id', deployments.etlProd]
const LIST = ['list', ...AT]
const ADD = ['add', tokens.ciPipeline, ...AT]
const ADD_BY_NAME = ['add', '-n', 'ci-pipeline', ...AT]
const UPDATE = ['update', tokens.deployBot, ...AT]
const REMOVE = ['remove', tokens.deployBot, ...AT]

/** What a run has to do with: the API that it asks, and the token that it has. */
interface Place {
  readonly api: AstroApi
  readonly token: string
}

/** What is run; the home has a saved login where `login` makes one, and ASTRO_API_TOKEN is set where it does not. */
interface Case {
  readonly what: string
  readonly argv: (place: Place) => readonly string[]
  readonly env?: (place: Place) => Env
  readonly login?: (place: Place) => SavedLogin
  /** Changes the config file of a saved login. */
  readonly config?: (text: string) => string
  readonly faults?: (place: Place & {readonly login: SavedLogin | undefined}) => readonly Fault[]
  /** Whether Ctrl-C comes with the first request. */
  readonly interrupted?: boolean
  /** What it ends with; several, where the case is not about that. */
  readonly exit: number | readonly number[]
}

const enter = turnstile(4)

/** Runs the command, with DEBUG=* and in folders of its own, and says where a secret is to be seen after it. */
async function leaksOf(each: Case, more: readonly string[]): Promise<{exit: CliRun['exit']; leaks: readonly string[]}> {
  const leave = await enter()
  const api = await startAstroApi()
  try {
    const place = {api, token: api.apiToken()}
    const login = each.login?.(place)
    const cwd = ownTmp()
    const base = ownEnvFor(api, {ASTRO_API_TOKEN: login ? undefined : place.token, DEBUG: '*'})
    const config = join(base.HOME ?? '', '.astro', 'config.yaml')
    if (login) writeFileSync(config, each.config?.(configWith(api, login)) ?? configWith(api, login))
    for (const fault of each.faults?.({...place, login}) ?? []) api.inject(fault)

    const argv = ['deployment', 'organization-token', ...each.argv(place), ...more]
    const env = {...base, ...each.env?.(place)}
    const child = spawn(process.execPath, [BIN, ...argv], {cwd, env, stdio: ['ignore', 'pipe', 'pipe']})
    if (each.interrupted) onFirstRequest(api, () => child.kill('SIGINT'))
    const run = await finished(child)

    const seen = api.requests.map(({headers}) => (headers.authorization ?? '').replace('Bearer ', ''))
    const secrets = [place.token, login?.accessToken, login?.refreshToken, PASSWORD, ...seen].filter((text) =>
      isText(text),
    )
    const folders = [base.HOME, base.TMPDIR, base.ASTRO_LOCK_DIR, cwd]
    const files = folders.flatMap((folder) => filesBelow(folder ?? ''))
    const leaks = [
      // oclif breaks the lines of its own errors.
      ...leaksIn({stdout: run.stdout, stderr: `${run.stderr}\n${run.stderr.replaceAll(/\n [›»] +/g, '')}`}, secrets),
      ...files
        .filter((file) => file !== config || !login)
        .flatMap((file) => leaksIn({stdout: readFileSync(file, 'latin1'), stderr: file}, secrets)),
    ]
    return {exit: run.exit, leaks}
  } finally {
    await api.close()
    leave()
  }
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, {recursive: true})
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path, {throwIfNoEntry: false})?.isFile())
}

/** A fault that goes on. */
function always(operationId: Fault['operationId'] & string, action: Fault['action']): readonly Fault[] {
  return [{operationId, times: Infinity, action}]
}

const done: readonly Case[] = [
  {what: 'list', argv: () => LIST, exit: 0},
  {what: 'list --all-deployments', argv: () => ['list', '--all-deployments'], exit: 0},
  {what: 'add', argv: () => ADD, exit: 0},
  {what: 'add by name', argv: () => ADD_BY_NAME, exit: 0},
  {what: 'update', argv: () => [...UPDATE, '-r', 'Deploy Reader'], exit: 0},
  {what: 'remove', argv: () => REMOVE, exit: 0},
]

const refused: readonly Case[] = (
  [
    [400, 1],
    [401, 4],
    [403, 4],
    [404, 3],
    [429, 1],
    [500, 1],
  ] as const
).map(([status, exit]) => ({
  what: `an answer ${status} that quotes the token back`,
  argv: () => ADD,
  faults({token}) {
    const said = `Authorization: Bearer ${token} is odd`
    const fieldErrors = [{code: token, field: token, message: said}]
    const body = {message: said, requestId: token, statusCode: status, fieldErrors}
    return always('getApiToken', {kind: 'status', status, body, headers: {'retry-after': '61'}})
  },
  exit,
}))

const broken: readonly Case[] = (
  [
    ['a redirect', {kind: 'status', status: 302, headers: {location: 'https://owned.example/'}}],
    ['a web page', {kind: 'body', body: '<html>', contentType: 'text/html'}],
    ['half a document', {kind: 'body', body: '{"id": "cl'}],
    ['another document', {kind: 'body', body: '{"id": 1}'}],
    ['a connection that drops', {kind: 'drop'}],
    ['an answer that breaks off', {kind: 'truncate'}],
  ] as const
).flatMap(([what, action]): Case[] => [
  {what: `${what}, on reading`, argv: () => ADD, faults: () => always('getApiToken', action), exit: 1},
  {
    what: `${what}, on writing`,
    argv: () => ADD,
    faults: () => [{operationId: 'updateApiTokenRoles', action}],
    exit: 0,
  },
])

/** Where somebody may put a token by mistake. */
const misplaced: readonly Case[] = (
  [
    ['a flag', (text) => ['list', `--${text}`]],
    ['the value of an unknown flag', (text) => ['list', ...AT, '--token', text]],
    ['the value of an unknown flag after =', (text) => ['list', ...AT, `--token=${text}`]],
    ['an argument of list', (text) => ['list', text]],
    ['an argument of list after a flag', (text) => ['list', ...AT, text]],
    ['TOKEN-ID', (text) => ['add', text, ...AT]],
    ['a second argument', (text) => ['remove', tokens.deployBot, text, ...AT]],
    ['--deployment-id', (text) => ['add', tokens.ciPipeline, '--deployment-id', text]],
    ['--org-token-name', (text) => ['update', '-n', text, ...AT]],
    ['--role', (text) => ['add', tokens.ciPipeline, '-r', text, ...AT]],
    ['--role, without a space', (text) => ['add', tokens.ciPipeline, `-r${text}`, ...AT]],
    ['--workspace-id', (text) => ['list', '--all-deployments', '--workspace-id', `${text}.`]],
    ['--columns', (text) => ['list', ...AT, `--columns=id,${text}`]],
    ['--sort', (text) => ['list', ...AT, '--sort', `-${text}`]],
    ['a command', (text) => [text]],
  ] as const satisfies readonly (readonly [string, (text: string) => readonly string[]])[]
).map(([what, argv]) => ({
  what: `the token as ${what}`,
  argv: ({token}) => argv(token),
  exit: ['--org-token-name', '--role', '--role, without a space'].includes(what) ? 3 : 2,
}))

const inPart: readonly Case[] = (
  [
    ['beginning', (token) => token.slice(0, 100)],
    ['claims', (token) => token.split('.')[1] ?? ''],
    ['claims and signature', (token) => token.split('.').slice(1).join('.')],
    ['signature', (token) => token.split('.')[2] ?? ''],
    ['middle', (token) => token.slice(60, 120)],
  ] as const satisfies readonly (readonly [string, (token: string) => string])[]
).flatMap(([what, partOf]): Case[] => [
  {what: `the token's ${what} as TOKEN-ID`, argv: ({token}) => ['add', `x-${partOf(token)}`, ...AT], exit: 2},
  {what: `the token's ${what} as a flag`, argv: ({token}) => ['list', `--${partOf(token)}`], exit: 2},
  {what: `the token's ${what} as an argument of list`, argv: ({token}) => ['list', partOf(token)], exit: 2},
])

const variables: readonly Case[] = [
  {what: 'ASTRO_DEPLOYMENT_ID', argv: () => ['list'], env: ({token}) => ({ASTRO_DEPLOYMENT_ID: token}), exit: 2},
  {what: 'ASTRO_DOMAIN', argv: () => LIST, env: ({token}) => ({ASTRO_DOMAIN: token}), exit: 2},
  {
    what: 'ASTRO_ORGANIZATION_ID',
    argv: () => LIST,
    env: ({api, token}) => ({
      ASTRO_API_TOKEN: api.apiToken({organizationId: null}),
      ASTRO_ORGANIZATION_ID: token,
    }),
    exit: 2,
  },
  {
    what: 'ASTRO_API_TOKEN, cut off',
    argv: () => LIST,
    env: ({token}) => ({ASTRO_API_TOKEN: token.slice(0, 99)}),
    exit: 4,
  },
  {
    what: 'ASTRO_API_TOKEN, expired',
    argv: () => LIST,
    env: ({api}) => ({ASTRO_API_TOKEN: api.apiToken({exp: 1})}),
    exit: 4,
  },
]

const proxies: readonly Case[] = (
  [
    ['is not there', `http://jo:${PASSWORD}@127.0.0.1:1`, 1],
    ['is of a kind that is not known', `socks5://jo:${PASSWORD}@127.0.0.1:1`, 2],
    ['is no address', `http://jo:${PASSWORD}@:x`, 2],
  ] as const
).map(([what, proxy, exit]) => ({
  what: `a proxy with a password that ${what}`,
  argv: () => LIST,
  env: () => ({ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY: proxy, HTTP_PROXY: proxy}),
  exit,
}))

const onlyLogin = (): Env => ({ASTRO_DOMAIN: undefined})
const login = ({api}: Place): SavedLogin => api.login()
const oldLogin = ({api}: Place): SavedLogin => api.login({expiresInSeconds: -1, rotate: true})

const savedLogins: readonly Case[] = [
  {what: 'a login', argv: () => ADD, login, exit: 0},
  {what: 'a login that is refreshed', argv: () => LIST, login: oldLogin, exit: 0},
  {
    what: 'a login that the API refuses',
    argv: () => LIST,
    login,
    faults: () => always('listApiTokens', {kind: 'status', status: 401}),
    exit: 4,
  },
  {
    what: 'a refresh that is refused, in words that quote the refresh token',
    argv: () => LIST,
    login: oldLogin,
    faults: ({login: saved}) =>
      always('renewAccessToken', {
        kind: 'status',
        status: 403,
        body: {error: 'invalid_grant', error_description: `${saved?.refreshToken ?? ''} is unknown`},
      }),
    exit: 4,
  },
  {
    what: 'a provider that is down',
    argv: () => LIST,
    login: oldLogin,
    faults: () => always('renewAccessToken', {kind: 'drop'}),
    exit: 1,
  },
  {
    what: 'a provider that answers half a document',
    argv: () => LIST,
    login: oldLogin,
    faults: ({login: saved}) =>
      always('renewAccessToken', {kind: 'body', body: `{"access_token": "${saved?.accessToken ?? ''}`}),
    exit: 1,
  },
  {
    what: 'a provider without https',
    argv: () => LIST,
    login: oldLogin,
    faults: () =>
      always('getAuthConfig', {kind: 'body', body: '{"clientId": "x", "domainUrl": "http://auth.example/"}'}),
    exit: 1,
  },
  {
    what: 'a login that cannot be saved',
    argv: () => LIST,
    login: oldLogin,
    config: (text) => `${text.replace('token: Bearer ey', 'token: &mine Bearer ey')}x: *mine\r\n`,
    exit: 0,
  },
  ...(
    [
      ['is not YAML at the token', (text) => text.replace('token: Bearer ey', 'token: "Bearer ey')],
      ['is not YAML at the refresh token', (text) => text.replace(/refreshtoken: (refresh)/, 'refreshtoken: [$1')],
      ['has the token twice', (text) => text.replace(/^( +token: Bearer ey.*)$/m, '$1\n$1')],
      ['has a list for a token', (text) => text.replace(/token: (Bearer ey\S+)/, 'token: [$1]')],
      ['has no time of expiry', (text) => text.replaceAll(/expiresin: "\d.*/g, 'expiresin: soon')],
    ] as const satisfies readonly (readonly [string, (text: string) => string])[]
  )
    // Some of them can be read all the same.
    .map(([what, config]) => ({what: `a config file that ${what}`, argv: () => LIST, login, config, exit: [0, 2, 4]})),
]

const logins = savedLogins.map((each) => ({...each, env: onlyLogin}))

const interrupted: readonly Case[] = [
  {what: 'Ctrl-C before a write', operationId: 'getApiToken' as const},
  {what: 'Ctrl-C in a refresh', operationId: 'getAuthConfig' as const, login: oldLogin, env: onlyLogin},
].map(({operationId, ...each}) => ({
  ...each,
  argv: () => ADD,
  faults: () => always(operationId, {kind: 'hang'}),
  interrupted: true,
  exit: 130,
}))

describe('secrets', function () {
  this.timeout(120_000)

  for (const [group, cases] of Object.entries({
    'of a command that succeeds': done,
    'where the API refuses': refused,
    'where the answer is broken': broken,
    'in the wrong place': misplaced,
    'in part in the wrong place': inPart,
    'in variables': variables,
    'of a proxy': proxies,
    'of a login': logins,
    'of a command that is interrupted': interrupted,
  })) {
    it(`${group} are neither printed nor written anywhere: ${cases.map(({what}) => what).join('; ')}`, async () => {
      const outcomes = await Promise.all(
        cases.flatMap((each) =>
          [[], ['--json']].map(async (more) => ({
            what: [each.what, ...more].join(' '),
            expected: each.exit,
            ...(await leaksOf(each, more)),
          })),
        ),
      )
      expect(outcomes.filter(({leaks}) => leaks.length > 0).map(({leaks, what}) => ({what, leaks}))).to.deep.equal([])
      const odd = outcomes.filter(({exit, expected}) => ![expected].flat().includes(Number(exit)))
      expect(odd.map(({exit, what}) => ({what, exit}))).to.deep.equal([])
    })
  }
})
