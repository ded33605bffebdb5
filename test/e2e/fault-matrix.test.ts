import {expect} from 'chai'
import nock from 'nock'
import {isDeepStrictEqual} from 'node:util'

import {systemClock} from '../../src/cli/context.js'
import {type OperationId} from '../astro-api/contract.js'
import {type Fault} from '../astro-api/faults.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids, seedWorld, type TokenRole} from '../astro-api/world.js'
import {createEmulated} from '../commands/emulated.js'
import {type CliRun, envFor, NO_WAITS, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {
  type Expected,
  type FaultCase,
  INCOMPLETE_READS,
  NOT_FOUND,
  OTHERS_DEPLOYMENT,
  OTHERS_ROLE,
  PAIRS,
  READ_FAULTS,
  RESET_OF_REUSED,
  TOKEN_ID,
  WRITE_FAULTS,
  WRITER_AFTER_LOOKUP,
  WRITER_AFTER_READ,
} from './faults.js'
import {command, forEachAtOnce, leaksIn, roleOnDeployment, rolesOf, stackLinesIn, tokenOf} from './support.js'

const {billing, etlProd, sandbox} = ids.deployments
/** An entry of a kind that is newer than this project. */
const NEW_KIND = {entityType: 'CLUSTER', entityId: 'clnew', role: 'CLUSTER_USER', since: 2031}

/** Where Astro adds roles, it adds DEPLOYMENT_ACCESSOR on billing, and on sandbox if the role there is removed. */
const DAGS = [billing, sandbox].map((deploymentId) => ({
  entityType: 'DAG',
  entityId: 'load',
  deploymentId,
  role: 'DAG_VIEWER',
}))

type Roles = readonly TokenRole[]
type CommandName = 'add' | 'list' | 'remove' | 'update'

/** The commands that the faults strike: one token by its name, each time with a change that is needed. */
const COMMANDS: Readonly<
  Record<CommandName, {readonly argv: string; readonly result: string; readonly change: (roles: Roles) => Roles}>
> = {
  list: {argv: `--deployment-id ${OTHERS_DEPLOYMENT}`, result: 'Deploy Reader', change: (roles) => roles},
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
const WRITERS = ['add', 'update', 'remove'] as const

const PLACES = {
  'name look-up': 'listApiTokens',
  read: 'getApiToken',
  write: 'updateApiTokenRoles',
} as const satisfies Readonly<Record<string, OperationId>>
type Place = keyof typeof PLACES

/** One run of a command against faults. */
interface Row {
  readonly title: string
  readonly command: CommandName
  readonly faults: readonly Fault[]
  /** The requests whose tries are counted. */
  readonly operationId: OperationId
  readonly expected: Expected
}

function casesOf(name: CommandName, place: Place): readonly FaultCase[] {
  if (place === 'write') return WRITE_FAULTS
  if (place === 'read') return [...READ_FAULTS, ...INCOMPLETE_READS, WRITER_AFTER_READ]
  const cases = [...READ_FAULTS, WRITER_AFTER_LOOKUP]
  if (name === 'list' || name === 'add') return cases
  // If the Deployment is not found, the commands look for the token among all tokens.
  const unfound: Expected = {exit: 3, kind: 'not_found', isDone: false}
  return [...cases.filter((row) => row !== NOT_FOUND), {...NOT_FOUND, once: undefined, forEver: unfound}]
}

/** The rows of one command and one of its requests. */
function rowsOf(name: CommandName, place: Place): readonly Row[] {
  const operationId = PLACES[place]
  return casesOf(name, place).flatMap(({action, forEver, name: fault, once}) => {
    const row = {command: name, operationId, title: fault}
    const strike = (times: number) => [{operationId, action, times}]
    return [
      ...(once ? [{...row, faults: strike(1), expected: once}] : []),
      ...(forEver ? [{...row, title: `${fault}, for ever`, faults: strike(Infinity), expected: forEver}] : []),
    ]
  })
}

function rowsOfPairs(name: CommandName): readonly Row[] {
  return PAIRS.map(({expected, name: title, read, times = 1, write}) => ({
    command: name,
    title,
    operationId: PLACES.write,
    faults: [
      {operationId: PLACES.write, action: write},
      {operationId: PLACES.read, action: read, skip: 1, times},
    ],
    expected,
  }))
}

function rowsOfResets(name: CommandName): readonly Row[] {
  const fault = {action: RESET_OF_REUSED, times: Infinity}
  const {read, write} = PLACES
  const expected = {exit: 0, isDone: true, tries: 2}
  return [
    {command: name, title: 'resets of connections', operationId: read, faults: [fault], expected},
    {
      command: name,
      title: 'resets at the write',
      operationId: write,
      faults: [{...fault, operationId: write}],
      expected,
    },
  ]
}

/** Whether the row waits for a response that does not come. */
function isWaiting({faults}: Row): boolean {
  return faults.some(({action}) => /^(?:hang|stall)/.test(action.kind))
}

/** All roles as they were, except for the change that was made and that of another writer. */
function outcomeOf({command: name, expected, faults}: Row, before: Roles) {
  const {exit, isDone, isOtherLost = false, kind, tries} = expected
  const hasOther = faults.some(({action}) => action.kind.startsWith('act'))
  const afterOther =
    hasOther && !isOtherLost
      ? before.map((entry) => (entry.entityId === OTHERS_DEPLOYMENT ? {...entry, role: OTHERS_ROLE} : entry))
      : before
  const action = faults.at(-1)?.action
  const {change, result} = COMMANDS[name]
  return {
    exit,
    kind,
    // The status of the API's response, in an error that is about nothing else.
    status: kind !== undefined && kind !== 'conflict' && action?.kind === 'status' ? action.status : undefined,
    result: kind === undefined ? (name === 'list' && action?.kind === 'act' ? OTHERS_ROLE : result) : undefined,
    tries,
    roles: sortedTexts(isDone ? change(afterOther) : afterOther),
    wrongWithOutput: [] as string[],
  }
}

interface Document {
  readonly error?: {readonly kind: string; readonly status?: number}
  readonly deployments?: readonly {readonly action: string}[]
  readonly tokens?: readonly {readonly role: string}[]
}

/** How the outcome of a row differs from what is expected; undefined if it does not. */
async function differenceOf(row: Row, api: AstroApi, run: (argv: readonly string[]) => Promise<CliRun>) {
  const token = tokenOf(api, TOKEN_ID)
  const before = [...(token.roles ?? []), ...DAGS, NEW_KIND] as Roles
  token.roles = before
  for (const fault of row.faults) api.inject(fault)
  const {exit, stderr, stdout} = await run([...COMMANDS[row.command].argv.split(' '), '--json'])
  const wanted = outcomeOf(row, before)
  const document = json({stdout}) as Document
  const tries = api.requests.filter(({operationId}) => operationId === row.operationId).length
  const actual = {
    exit,
    kind: document.error?.kind,
    status: wanted.status && document.error?.status,
    result: document.deployments?.[0]?.action ?? document.tokens?.[0]?.role,
    tries: wanted.tries === undefined ? undefined : tries,
    roles: sortedTexts(rolesOf(api, TOKEN_ID).filter((entry) => !isAddedByAstro(entry, row.command))),
    wrongWithOutput: [
      ...leaksIn({stderr, stdout}, [api.apiToken()]).map(() => 'a secret'),
      ...stackLinesIn(`${stdout}\n${stderr}`),
      ...(row.expected.says?.test(stdout) === false ? [`not ${String(row.expected.says)}`] : []),
    ],
  }
  return isDeepStrictEqual(actual, wanted)
    ? []
    : [`${row.title}: ${JSON.stringify({wanted, actual, document, stderr})}`]
}

function isAddedByAstro({entityId, role}: TokenRole, name: CommandName): boolean {
  if (role === 'WORKSPACE_ACCESSOR') return true
  return role === 'DEPLOYMENT_ACCESSOR' && (entityId === billing || (entityId === sandbox && name === 'remove'))
}

function sortedTexts(roles: Roles): string[] {
  return roles.map((entry) => JSON.stringify(Object.entries(entry).toSorted())).toSorted()
}

describe('the commands under each fault of the API', function () {
  this.timeout(120_000)
  const on = createEmulated()
  const {sleep} = systemClock
  const groups: readonly (readonly [place: string, CommandName, readonly Row[]])[] = [
    ['its request', 'list', rowsOf('list', 'name look-up')],
    ...WRITERS.flatMap((name) => [
      ...(['name look-up', 'read', 'write'] as const).map(
        (place) => [`its ${place}`, name, rowsOf(name, place)] as const,
      ),
      ['its write and the read that follows', name, rowsOfPairs(name)] as const,
      ['connections that it uses again', name, rowsOfResets(name)] as const,
    ]),
  ]

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

  for (const [place, name, rows] of groups) {
    for (const addsAccessors of place.startsWith('its write') ? [false, true] : [false]) {
      const title = `${name} ends with the documented exit code and loses no role under faults at ${place}`
      it(`${title}${addsAccessors ? ', although Astro adds roles' : ''}`, async () => {
        const differences: string[] = []
        for (const row of rows.filter((each) => !isWaiting(each))) {
          on.api.reset()
          on.api.world.addsAccessors = addsAccessors
          differences.push(...(await differenceOf(row, on.api, async (argv) => on.run(name, argv))))
        }

        expect(differences).to.deep.equal([])
      })
    }
  }

  it('the commands do so as processes if a response does not come', async () => {
    const rows = groups.flatMap((group) => group[2]).filter((row) => isWaiting(row))
    const differences = await forEachAtOnce(rows, 12, async (row) => {
      const api = await startAstroApi({world: seedWorld()})
      const env = {...envFor(api), ...NO_WAITS}
      const run = async (argv: readonly string[]) => runCli(command(row.command, ...argv), env)
      return differenceOf(row, api, run).finally(api.close)
    })
    expect(rows).to.have.length.above(30)
    expect(differences.flat()).to.deep.equal([])
  })
})
