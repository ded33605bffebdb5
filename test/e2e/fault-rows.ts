import {type OperationId} from '../astro-api/contract.js'
import {type Fault, type FaultAction} from '../astro-api/faults.js'
import {ids, type TokenRole} from '../astro-api/world.js'
import {
  actBefore,
  type Expected,
  type FaultCase,
  INCOMPLETE_READS,
  NOT_FOUND,
  OTHERS_DEPLOYMENT,
  READ_FAULTS,
  WRITE_FAULTS,
  WRITER_AFTER_LOOKUP,
  WRITER_AFTER_READ,
} from './fault-table.js'
import {roleOnDeployment} from './support.js'

const {etlProd, sandbox} = ids.deployments

export type CommandName = 'add' | 'list' | 'remove' | 'update'

interface CommandFacts {
  readonly flags: {readonly 'deployment-id': string; readonly 'org-token-name'?: string; readonly role?: string}
  /** The roles of the token after the command; the others stay as they are. */
  readonly change: (roles: readonly TokenRole[]) => readonly TokenRole[]
}

/** The commands that the faults strike: one token by its name, each time with a change that is needed. */
export const COMMANDS: Readonly<Record<CommandName, CommandFacts>> = {
  list: {flags: {'deployment-id': OTHERS_DEPLOYMENT}, change: (roles) => roles},
  add: {
    flags: {'deployment-id': etlProd, 'org-token-name': 'data-quality', role: 'Deploy Operator'},
    change: (roles) => [...roles, roleOnDeployment(etlProd, 'Deploy Operator')],
  },
  update: {
    flags: {'deployment-id': sandbox, 'org-token-name': 'data-quality', role: 'Log Reader'},
    change: (roles) => roles.map((entry) => (entry.entityId === sandbox ? {...entry, role: 'Log Reader'} : entry)),
  },
  remove: {
    flags: {'deployment-id': sandbox, 'org-token-name': 'data-quality'},
    change: (roles) => roles.filter((entry) => entry.entityId !== sandbox),
  },
}

const PLACES = {
  'one request': 'listApiTokens',
  'name look-up': 'listApiTokens',
  read: 'getApiToken',
  write: 'updateApiTokenRoles',
} as const satisfies Readonly<Record<string, OperationId>>

export type Place = keyof typeof PLACES

/** One run of a command against faults. */
export interface Row {
  readonly title: string
  readonly command: CommandName
  readonly faults: readonly Fault[]
  /** The requests whose tries are counted. */
  readonly operationId: OperationId
  readonly expected: Expected
}

const UNFOUND: Expected = {exit: 3, kind: 'not_found', isDone: false}

const WRITERS: readonly CommandName[] = ['add', 'update', 'remove']

/** The rows of one command and one of its requests. */
export function rowsOf(command: CommandName, place: Place): readonly Row[] {
  const operationId = PLACES[place]
  return casesOf(command, place).flatMap(({action, forEver, name, once}) => {
    const row = {command, operationId}
    const title = `${command}, ${name} at its ${place}`
    const strike = (often: string, times: number, expected: Expected | undefined): Row[] =>
      expected ? [{...row, title: `${title}, ${often}`, faults: [{operationId, action, times}], expected}] : []
    return [...strike('once', 1, once), ...strike('for ever', Infinity, forEver)]
  })
}

/** Each command with the requests of it that faults strike. */
export const STRIKES: readonly (readonly [CommandName, Place])[] = [
  ['list', 'one request'],
  ...WRITERS.flatMap((command) =>
    (['name look-up', 'read', 'write'] as const).map((place): [CommandName, Place] => [command, place]),
  ),
]

function casesOf(command: CommandName, place: Place): readonly FaultCase[] {
  if (place === 'write') return WRITE_FAULTS
  if (place === 'read') return [...READ_FAULTS, ...INCOMPLETE_READS, WRITER_AFTER_READ]
  const cases = [...READ_FAULTS, WRITER_AFTER_LOOKUP]
  if (place === 'one request' || command === 'add') return cases
  // Whether a Deployment that is not found has the token all the same is looked up among all tokens next.
  return [...cases.filter((row) => row !== NOT_FOUND), {...NOT_FOUND, once: undefined, forEver: UNFOUND}]
}

/** A gateway that resets each connection at its second request: of any kind, or at the write. */
export function rowsOfResets(): readonly Row[] {
  const fault = {action: {kind: 'resetReused'}, times: Infinity} as const satisfies Fault
  const expected: Expected = {exit: 0, isDone: true, tries: 2}
  return WRITERS.flatMap((command) => [
    {title: `${command}, reset of reused connections`, command, faults: [fault], operationId: PLACES.read, expected},
    {
      title: `${command}, reset of a reused connection at its write`,
      command,
      faults: [{...fault, operationId: PLACES.write}],
      operationId: PLACES.write,
      expected,
    },
  ])
}

/** Two faults: one at the write, whose outcome is unknown then, and one at the read that follows. */
export function rowsOfTwoFaults(): readonly Row[] {
  const dropped: FaultAction = {kind: 'drop'}
  const unanswered: FaultAction = {kind: 'dropAfter'}
  const unknown = {isDone: true, tries: 1, says: /Could not confirm/}
  const withoutRoles: FaultAction = {kind: 'edit', edit: (body) => ({...body, roles: []})}
  const cases: readonly [string, FaultAction, Omit<Fault, 'operationId'>, Expected][] = [
    [
      'a lost response, then 503 to every read',
      unanswered,
      {action: {kind: 'status', status: 503}, times: 99},
      {...unknown, kind: 'api', exit: 1},
    ],
    [
      'a lost response, then 401',
      unanswered,
      {action: {kind: 'status', status: 401}},
      {...unknown, kind: 'unauthenticated', exit: 4},
    ],
    ['a lost response, then another writer', unanswered, {action: actBefore}, {exit: 0, isDone: true, tries: 1}],
    ['a lost write, then a read without roles', dropped, {action: withoutRoles}, {exit: 0, isDone: true, tries: 2}],
    ['a lost write, then another writer', dropped, {action: actBefore}, {exit: 0, isDone: true, tries: 2}],
  ]
  return WRITERS.flatMap((command) =>
    cases.map(([title, write, read, expected]) => ({
      title: `${command}, ${title}`,
      command,
      operationId: PLACES.write,
      faults: [
        {operationId: PLACES.write, action: write},
        {operationId: PLACES.read, skip: 1, ...read},
      ],
      expected,
    })),
  )
}
