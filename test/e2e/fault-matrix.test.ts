import {expect} from 'chai'
import nock from 'nock'
import {isDeepStrictEqual} from 'node:util'

import {type CommandIO} from '../../src/cli/command-io.js'
import {listOne} from '../../src/cli/listing.js'
import {createProgress} from '../../src/cli/progress.js'
import {changeRoles} from '../../src/cli/role-change.js'
import {openSession} from '../../src/cli/session.js'
import {AstroError, EXITS, redact} from '../../src/lib/errors.js'
import {errorJson, removalJson, roleJson} from '../../src/lib/output/result-json.js'
import {safeJson} from '../../src/lib/output/safe-text.js'
import {startAstroApi} from '../astro-api/server.js'
import {seedWorld, type TokenRole} from '../astro-api/world.js'
import {type CliRun, type Env, envFor, NO_WAITS, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {COMMANDS, type Row, rowsOf, rowsOfResets, rowsOfTwoFaults, STRIKES} from './fault-rows.js'
import {OTHERS_DEPLOYMENT, OTHERS_ROLE, TOKEN_ID} from './fault-table.js'
import {command, forEachAtOnce, leaksIn, rolesOf, stackLinesIn, tokenOf} from './support.js'

/** An entry of a kind that is newer than this project. */
const NEW_KIND = {entityType: 'CLUSTER', entityId: 'clnew', role: 'CLUSTER_USER', since: 2031}

/** With --json, `list` writes no rows. */
const NO_OUTPUT = undefined
const MOST_LISTENERS = process.getMaxListeners()

interface Document {
  readonly error?: {readonly kind: string; readonly status?: number}
  readonly deployments?: readonly {readonly action: string}[]
  readonly tokens?: readonly {readonly role: string}[]
}

type Runner = (row: Row, env: Env) => Promise<CliRun>

describe('the commands under each fault of the API', function () {
  this.timeout(120_000)
  const groups = new Map<string, readonly Row[]>([
    ...STRIKES.map(([name, place]): [string, readonly Row[]] => [`${name}, at its ${place}`, rowsOf(name, place)]),
    ['writers, at the write and the read that follows', rowsOfTwoFaults()],
    ['writers, over connections that are reset when they are reused', rowsOfResets()],
  ])
  const rows = [...groups.values()].flat()
  const differences = new Map<Row, string | undefined>()

  const compare = async (row: Row) => differences.set(row, await differenceOf(row, inThisProcess))

  before(async () => {
    // It gives each request a connection of its own.
    nock.restore()
    // Each lock listens for the end of the process.
    process.setMaxListeners(0)
    const [waiting, others] = [rows.filter((row) => isWaiting(row)), rows.filter((row) => !isWaiting(row))]
    await Promise.all([forEachAtOnce(waiting, waiting.length, compare), forEachAtOnce(others, 8, compare)])
  })

  after(() => {
    nock.activate()
    process.setMaxListeners(MOST_LISTENERS)
  })

  for (const [title, group] of groups) {
    it(`end with the documented exit code and lose no role in ${group.length} cases: ${title}`, () => {
      expect(group.filter((row) => !differences.has(row))).to.deep.equal([])
      expect(group.flatMap((row) => differences.get(row) ?? [])).to.deep.equal([])
    })
  }

  it('end in the same way as processes, for each kind of error, and if the connection fails at a write', async () => {
    const ofAdd = [...rowsOf('add', 'write'), ...rowsOfResets()].filter((row) => row.command === 'add')
    const ofConnections = ofAdd.filter(({faults: [fault]}) => {
      const kind = fault?.action.kind ?? ''
      return kind === 'resetReused' || (fault?.times === 1 && /^(?:damage|drop|hang|stall|trunc|upgrade)/.test(kind))
    })
    const oneOfEach = new Map(rows.map((row) => [`${row.command} ${row.expected.kind ?? ''}`, row])).values()
    const found = await forEachAtOnce([...new Set([...ofConnections, ...oneOfEach])], 4, async (row) =>
      differenceOf(row, asProcess),
    )

    expect(found).to.have.length.above(30)
    expect(found.filter((difference) => difference !== undefined)).to.deep.equal([])
  })
})

/** Whether the row waits for a response that does not come. */
function isWaiting({faults}: Row): boolean {
  return faults.some(({action}) => /^(?:hang|stall)/.test(action.kind))
}

async function asProcess({command: name}: Row, env: Env): Promise<CliRun> {
  const flags = Object.entries(COMMANDS[name].flags).flatMap(([flag, value]) => [`--${flag}`, value])
  return runCli(command(name, ...flags, '--json'), {...env, ...NO_WAITS})
}

/** Runs a command as its class does with --json, but without waits between retries. */
async function inThisProcess({command: name}: Row, env: Env): Promise<CliRun> {
  const printed: string[] = []
  const io = ioFor(env, printed)
  const {'deployment-id': deploymentId, ...flags} = COMMANDS[name].flags
  const run = async () => {
    if (name === 'list') return listOne(io, {'deployment-id': deploymentId}, NO_OUTPUT)
    const common = {'all-deployments': false, 'deployment-id': [deploymentId], 'dry-run': false, yes: false}
    const result = await changeRoles(io, name, undefined, {...common, ...flags})
    return name === 'remove' ? removalJson(result) : roleJson(result)
  }

  const [exit, document] = await run().then(
    (result) => [0, result] as const,
    (error: unknown) => {
      if (!(error instanceof AstroError)) throw error
      return [EXITS[error.kind], errorJson(error, (text) => redact(text, env.ASTRO_API_TOKEN))] as const
    },
  )
  return {exit, stdout: `${safeJson(document)}\n`, stderr: printed.join('\n')}
}

function ioFor(env: Env, printed: string[]): CommandIO {
  const home = env.HOME ?? ''
  const print = (text: string) => printed.push(text)
  let slept = 0
  const clock = {
    now: () => Date.now() + slept,
    async sleep(milliseconds: number) {
      slept += milliseconds
    },
    random: () => 0.5,
  }
  const session = {
    env,
    home,
    clock,
    progress: createProgress(false, () => false),
    timeouts: {connect: 10_000, response: 2000},
    userAgent: 'test/1',
    debugLog: undefined,
    onRefresh() {},
    onWarning: print,
    onWrite() {},
    async beforeRequest() {},
  }
  return {
    ...session,
    directory: undefined,
    userId: undefined,
    prompts: undefined,
    now: () => new Date(clock.now()),
    stderr: {write: print},
    printLine: print,
    printWarning: print,
    openSession: async () => openSession(session),
  }
}

/** How the outcome of a row differs from what is expected; undefined if it does not. */
async function differenceOf(row: Row, run: Runner): Promise<string | undefined> {
  const world = seedWorld()
  const token = tokenOf({world}, TOKEN_ID)
  const before = [...(token.roles ?? []), NEW_KIND] as readonly TokenRole[]
  token.roles = before
  const api = await startAstroApi({world})
  try {
    for (const fault of row.faults) api.inject(fault)
    const env = envFor(api)
    const {exit, stderr, stdout} = await run(row, env)
    const wanted = outcomeOf(row, before)
    const document = json({stdout}) as Document
    const tries = api.requests.filter(({operationId}) => operationId === row.operationId).length
    const actual = {
      exit,
      kind: document.error?.kind,
      status: wanted.status && document.error?.status,
      result: document.deployments?.[0]?.action ?? document.tokens?.[0]?.role,
      tries: wanted.tries === undefined ? undefined : tries,
      roles: sortedTexts(rolesOf(api, TOKEN_ID)),
      wrongWithOutput: [
        ...leaksIn({stderr, stdout}, [env.ASTRO_API_TOKEN ?? '']).map(() => 'a secret'),
        ...stackLinesIn(`${stdout}\n${stderr}`),
        ...(row.expected.says?.test(stdout) === false ? [`not ${String(row.expected.says)}`] : []),
      ],
    }
    if (isDeepStrictEqual(actual, wanted)) return undefined
    return `${row.title}: ${JSON.stringify({wanted, actual, document, stderr})}`
  } catch (error) {
    return `${row.title}: ${String(error)}`
  } finally {
    await api.close()
  }
}

/** All roles as they were, except for the change that was made and that of another writer. */
function outcomeOf({command: name, expected, faults}: Row, before: readonly TokenRole[]) {
  const {exit, isDone, isOtherLost = false, kind, tries} = expected
  const hasOther = faults.some(({action}) => action.kind.startsWith('act'))
  const afterOther =
    hasOther && !isOtherLost
      ? before.map((entry) => (entry.entityId === OTHERS_DEPLOYMENT ? {...entry, role: OTHERS_ROLE} : entry))
      : before
  const action = faults.at(-1)?.action
  const listed = action?.kind === 'act' ? OTHERS_ROLE : 'Deploy Reader'
  return {
    exit,
    kind,
    // The status of the API's response, in an error that is about nothing else.
    status: kind !== undefined && kind !== 'conflict' && action?.kind === 'status' ? action.status : undefined,
    result: kind === undefined ? {add: 'added', update: 'updated', remove: 'removed', list: listed}[name] : undefined,
    tries,
    roles: sortedTexts(isDone ? COMMANDS[name].change(afterOther) : afterOther),
    wrongWithOutput: [] as string[],
  }
}

function sortedTexts(roles: readonly TokenRole[]): string[] {
  return roles.map((entry) => JSON.stringify(Object.entries(entry).toSorted())).toSorted()
}
