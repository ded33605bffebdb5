import {expect} from 'chai'
import {isDeepStrictEqual} from 'node:util'

import {startAstroApi} from '../astro-api/server.js'
import {seedWorld, type TokenRole} from '../astro-api/world.js'
import {runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {COMMANDS, type Row, rowsOf, rowsOfResets, rowsOfTwoFaults, STRIKES} from './fault-rows.js'
import {OTHERS_DEPLOYMENT, OTHERS_ROLE, TOKEN_ID} from './fault-table.js'
import {leaksIn, onFirstRequest, ownEnvFor, rolesOf as rolesInApi, stackLinesIn, turnstile} from './support.js'

/** How many processes may be starting at once; one that has sent its first request mostly waits. */
const STARTING = 4

/** An entry of a kind that came after this project. */
const NEW_KIND = {entityType: 'CLUSTER', entityId: 'clnew', role: 'CLUSTER_USER', since: 2031}

/** What is compared; a part that a row says nothing about is undefined. */
interface Outcome {
  readonly exit: unknown
  readonly kind: unknown
  readonly status: unknown
  /** The role that `list` shows, or what became of the Deployment. */
  readonly result: unknown
  readonly tries: number | undefined
  readonly roles: readonly string[]
  /** What is in the output and should not be, or the other way round. */
  readonly wrongWithOutput: readonly string[]
}

interface Answer {
  readonly error?: {readonly kind: string; readonly status?: number}
  readonly deployments?: readonly {readonly action: string}[]
  readonly tokens?: readonly {readonly role: string}[]
}

describe('the commands against each fault of the API', function () {
  this.timeout(180_000)
  const groups = new Map<string, readonly Row[]>([
    ...STRIKES.map(([command, place]): [string, readonly Row[]] => [
      `${command}, at its ${place}`,
      rowsOf(command, place),
    ]),
    ['the writers, at the write and the look that follows', rowsOfTwoFaults()],
    ['the writers, over connections that are reset when they are reused', rowsOfResets()],
  ])
  const outcomes = new Map<Row, Promise<string | undefined>>()

  before(() => {
    const enter = turnstile(STARTING)
    const rows = [...groups.values()].flat().toSorted((a, b) => waitOf(b) - waitOf(a))
    for (const row of rows)
      outcomes.set(
        row,
        differenceOf(row, enter).catch((error: unknown) => `${row.title}: ${String(error)}`),
      )
  })

  for (const [where, rows] of groups) {
    it(`${where}: end as they should in ${rows.length} cases of faults, and lose no role`, async () => {
      const differences = await Promise.all(rows.map(async (row) => outcomes.get(row)))

      expect(differences).to.have.length.above(0)
      expect(differences.filter((difference) => difference !== undefined)).to.deep.equal([])
    })
  }
})

/** Those that wait longest come first, so that they wait side by side. */
function waitOf({faults}: Row): number {
  const hangs = faults.filter(({action}) => /^(?:hang|stall)/.test(action.kind))
  return Math.max(
    0,
    ...hangs.map(({operationId, times = 1}) => (times > 1 ? 2 : 1) * (operationId === 'updateApiTokenRoles' ? 2 : 1)),
  )
}

/** What a row came to that it should not have; undefined where all is as expected. */
async function differenceOf(row: Row, enter: () => Promise<() => void>): Promise<string | undefined> {
  const leave = await enter()
  const world = seedWorld()
  const token = world.tokens.find(({id}) => id === TOKEN_ID)
  const before = [...(token?.roles ?? []), NEW_KIND] as readonly TokenRole[]
  if (token) token.roles = before
  const api = await startAstroApi({world})
  try {
    for (const fault of row.faults) api.inject(fault)
    const env = ownEnvFor(api)
    onFirstRequest(api, leave)
    const run = await runCli(
      ['deployment', 'organization-token', row.command, ...COMMANDS[row.command].argv, '--json'],
      env,
    )
    const wanted = outcomeOf(row, before)
    const answer = json(run) as Answer
    const tries = api.requests.filter(({operationId}) => operationId === row.operationId).length
    const actual: Outcome = {
      exit: run.exit,
      kind: answer.error?.kind,
      status: wanted.status && answer.error?.status,
      result: answer.deployments?.[0]?.action ?? answer.tokens?.[0]?.role,
      tries: wanted.tries === undefined ? undefined : tries,
      roles: sortedTexts(rolesInApi(api, TOKEN_ID)),
      wrongWithOutput: [
        ...leaksIn(run, [env.ASTRO_API_TOKEN ?? '']).map(() => 'a secret'),
        ...stackLinesIn(run.stderr),
        ...(row.expected.says?.test(run.stdout) === false ? [`not ${String(row.expected.says)}`] : []),
      ],
    }
    if (isDeepStrictEqual(actual, wanted)) return undefined
    return `${row.title}: ${JSON.stringify({wanted, actual, answer, stderr: run.stderr})}`
  } finally {
    leave()
    await api.close()
  }
}

/** What is meant: all that was there as it was, but for what was asked for and what another writer did. */
function outcomeOf(row: Row, before: readonly TokenRole[]): Outcome {
  const {command, expected, faults} = row
  const {exit, isDone, isOtherLost = false, kind, tries} = expected
  const hasOther = faults.some(({action}) => action.kind.startsWith('act'))
  const afterOther =
    hasOther && !isOtherLost
      ? before.map((entry) => (entry.entityId === OTHERS_DEPLOYMENT ? {...entry, role: OTHERS_ROLE} : entry))
      : before
  const roles = sortedTexts(isDone ? COMMANDS[command].change(afterOther) : afterOther)
  return {exit, kind, status: statusOf(row), result: resultOf(row), tries, roles, wrongWithOutput: []}
}

/** The API's own status, in an error that is about nothing else. */
function statusOf({expected: {kind}, faults}: Row): number | undefined {
  const action = faults.at(-1)?.action
  return kind !== undefined && kind !== 'conflict' && action?.kind === 'status' ? action.status : undefined
}

function resultOf({command, expected, faults}: Row): string | undefined {
  if (expected.kind !== undefined) return undefined
  if (command !== 'list') return {add: 'added', update: 'updated', remove: 'removed'}[command]
  return faults.some(({action}) => action.kind === 'act') ? OTHERS_ROLE : 'Deploy Reader'
}

function sortedTexts(roles: readonly TokenRole[]): string[] {
  return roles.map((entry) => JSON.stringify(Object.entries(entry).toSorted())).toSorted()
}
