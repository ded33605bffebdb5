import {expect} from 'chai'
import nock from 'nock'
import {isDeepStrictEqual} from 'node:util'

import {systemClock} from '../../src/cli/context.js'
import {EXITS} from '../../src/lib/errors.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids, type TokenRole} from '../astro-api/world.js'
import {createEmulated} from '../commands/emulated.js'
import {type CliRun, envFor, NO_WAITS, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {READ_FAULTS, TOKEN_READ_FAULTS, WRITE_FAULTS} from './faults.js'
import {command, forEachAtOnce, leaksIn, roleOnDeployment, rolesOf, stackLinesIn, tokenOf} from './support.js'

const {etlProd, mlTraining, reports, sandbox} = ids.deployments

/** The token that the commands are about: it has roles of every kind. */
const TOKEN_ID = ids.tokens.dataQuality
/** One is of a kind that is newer than this project. For the others, Astro may add roles that give access to the Deployments. */
const DAG_ROLE = {entityType: 'DAG', entityId: 'daily_totals', role: 'DAG_VIEWER'}
const MORE_ROLES = [
  {entityType: 'CLUSTER', entityId: 'clnew', role: 'CLUSTER_USER', since: 2031},
  {...DAG_ROLE, deploymentId: reports},
  {...DAG_ROLE, deploymentId: sandbox},
]

type Roles = readonly TokenRole[]
type CommandName = 'add' | 'list' | 'remove' | 'update'
type Change = Readonly<{argv: string; result: string; change: (roles: Roles) => Roles}>

/** The commands that the faults strike, each with a change that is needed. */
const COMMANDS: Readonly<Record<CommandName, Change>> = {
  list: {argv: `--deployment-id ${mlTraining}`, result: 'Deploy Reader', change: (roles) => roles},
  add: {
    argv: `-n data-quality --deployment-id ${etlProd} --role DEPLOYMENT_ADMIN`,
    result: 'added',
    change: (roles) => [...roles, roleOnDeployment(etlProd, 'DEPLOYMENT_ADMIN')],
  },
  update: {
    argv: `-n data-quality --deployment-id ${sandbox} --role DEPLOYMENT_ACCESSOR`,
    result: 'updated',
    change: (roles) =>
      roles.map((entry) => (entry.entityId === sandbox ? {...entry, role: 'DEPLOYMENT_ACCESSOR'} : entry)),
  },
  remove: {
    argv: `-n data-quality --deployment-id ${sandbox}`,
    result: 'removed',
    change: (roles) => roles.filter((entry) => entry.entityId !== sandbox),
  },
}

const PLACES = {
  request: {operationId: 'listApiTokens', cases: READ_FAULTS},
  read: {operationId: 'getApiToken', cases: [...READ_FAULTS, ...TOKEN_READ_FAULTS]},
  write: {operationId: 'updateApiTokenRoles', cases: WRITE_FAULTS},
} as const

type Row = ReturnType<typeof rowsOf>[number]

/** The runs of a command under the faults at one place. */
function rowsOf(name: CommandName, place: keyof typeof PLACES) {
  const {cases, operationId} = PLACES[place]
  return cases.flatMap(({action, forEver, name: title, once}) => {
    const row = {title, name, operationId, action}
    return [
      ...(once ? [{...row, times: 1, ending: once}] : []),
      ...(forEver ? [{...row, times: Infinity, ending: forEver}] : []),
    ]
  })
}

/** Whether the command waits for a response that does not come. */
const isWaiting = ({action}: Row) => /^(?:hang|stall)/.test(action.kind)

type Document = Readonly<{
  error?: {kind: string}
  deployments?: readonly {action: string}[]
  tokens?: readonly {role: string}[]
}>

/** Expects that the command ends as the row says, and that the token has all of its roles then, except for the change. */
async function check(
  row: Row,
  api: AstroApi,
  run: (argv: readonly string[]) => Promise<Omit<CliRun, 'exit'> & {exit: unknown}>,
  addsAccessors = false,
) {
  const {action, ending, name, operationId, times, title} = row
  const {kind, tries} = ending
  const {argv, change, result} = COMMANDS[name]
  const token = tokenOf(api, TOKEN_ID)
  const before = [...(token.roles ?? []), ...MORE_ROLES] as Roles
  token.roles = before
  api.world.addsAccessors = addsAccessors
  api.inject({operationId, action, times})

  const {exit, stderr, stdout} = await run([...argv.split(' '), '--json'])
  const {deployments, error, tokens} = json({stdout}) as Document
  const wanted = kind ? {exit: EXITS[kind], result: undefined, roles: before} : {exit: 0, result, roles: change(before)}
  const roles = rolesOf(api, TOKEN_ID)
  const byAstro = roles.filter(
    (entry) => entry.role.endsWith('_ACCESSOR') && !wanted.roles.some((role) => isDeepStrictEqual(role, entry)),
  )
  const actual = {
    exit,
    kind: error?.kind,
    result: deployments?.[0]?.action ?? tokens?.[0]?.role,
    tries: api.requests.filter((request) => request.operationId === operationId).length,
    roles: roles.filter((entry) => !byAstro.includes(entry)),
    areAccessorsAdded: byAstro.length > 0,
    leaks: leaksIn({stderr, stdout}, [api.apiToken()]),
    stack: stackLinesIn(`${stdout}\n${stderr}`),
  }
  expect(actual, `${name}, ${title}, ${times} times: ${stdout}${stderr}`).to.deep.equal({
    kind,
    tries,
    leaks: [],
    stack: [],
    areAccessorsAdded: addsAccessors && !kind,
    ...wanted,
  })
}

describe('the commands under each fault of the API', function () {
  this.timeout(120_000)
  const on = createEmulated()
  const {sleep} = systemClock
  const groups = [
    ['list', 'request'],
    ...(['add', 'update', 'remove'] as const).flatMap((name) => [[name, 'read'] as const, [name, 'write'] as const]),
  ] as const

  before(async () => {
    // It gives each request a connection of its own.
    nock.restore()
    Object.assign(systemClock, {async sleep() {}})
    await on.start()
  })

  after(async () => {
    await on.stop()
    Object.assign(systemClock, {sleep})
    nock.activate()
  })

  for (const [name, place] of groups) {
    it(`${name} ends with the documented exit code and loses no role under faults at its ${place}`, async () => {
      for (const row of rowsOf(name, place).filter((each) => !isWaiting(each))) {
        for (const addsAccessors of place === 'write' ? [false, true] : [false]) {
          await check(row, on.api, async (argv) => on.run(name, argv), addsAccessors)
          on.api.reset()
        }
      }
    })
  }

  it('the commands do so as processes if a response does not come', async () => {
    const rows = groups.flatMap(([name, place]) => rowsOf(name, place)).filter((row) => isWaiting(row))
    expect(rows).to.have.length.above(20)
    await forEachAtOnce(rows, 12, async (row) => {
      const api = await startAstroApi()
      const env = {...envFor(api), ...NO_WAITS}
      await check(row, api, async (argv) => runCli(command(row.name, ...argv), env)).finally(async () => api.close())
    })
  })
})
