import {expect} from 'chai'

import {EXITS} from '../../src/lib/errors.js'
import {type NamedResult, removalJson, roleJson} from '../../src/lib/output/result-json.js'
import {safeJson} from '../../src/lib/output/safe-text.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {documentsLike, faultsOf, type Schema, SCHEMAS} from '../support/documents.js'
import {type Env, envFor, runCli} from '../support/run-cli.js'

const {deployments, tokens} = ids

interface Case {
  readonly what: string
  readonly argv: readonly string[]
  readonly document: string
  readonly env?: Env
  /** What is different from the seeded world. */
  readonly arrange?: (api: AstroApi) => void
}

const on = (...names: readonly (keyof typeof deployments)[]) =>
  names.map((name) => `--deployment-id=${deployments[name]}`)

const RESULTS: readonly Case[] = [
  {what: 'a list', document: 'list', argv: ['list', ...on('billing')], arrange: useAndRotate},
  {what: 'a list with a token of DAG roles alone', document: 'list', argv: ['list', ...on('reports')]},
  {what: 'an empty list', document: 'list', argv: ['list', ...on('billing')], arrange: emptyBilling},
  {
    what: 'a list over all Deployments',
    document: 'list-all-deployments',
    argv: ['list', '--all-deployments'],
    arrange: useAndRotate,
  },
  {
    what: 'a list over all Deployments that is empty',
    document: 'list-all-deployments',
    argv: ['list', '--all-deployments', '-r', 'nobody has it'],
  },
  {what: 'an addition', document: 'scoping', argv: ['add', tokens.ciPipeline, ...on('reports')]},
  {
    what: 'an addition that changes a role, and one that changes nothing',
    document: 'scoping',
    argv: ['add', tokens.deployBot, ...on('etlProd', 'etlStaging', 'billing')],
  },
  {
    what: 'an update',
    document: 'scoping',
    argv: ['update', tokens.nightlyTwin, ...on('billing'), '-r', 'Log Reader'],
    arrange: useAndRotate,
  },
  {what: 'a removal', document: 'removal', argv: ['remove', '-n', 'deploy-bot', ...on('etlProd', 'reports')]},
  {
    what: 'an addition that would be, on all Deployments',
    document: 'scoping',
    argv: ['add', tokens.deployBot, '--all-deployments', '--dry-run'],
  },
  {
    what: 'a removal that would be, on all Deployments',
    document: 'removal',
    argv: ['remove', tokens.deployBot, '--all-deployments', '--dry-run'],
  },
]

const FAILURES: readonly Case[] = [
  {what: 'a mistyped flag', document: 'error', argv: ['list', '--nonsense']},
  {what: 'no Deployment', document: 'error', argv: ['list']},
  {what: 'consent that is not given', document: 'error', argv: ['remove', tokens.deployBot, '--all-deployments']},
  {what: 'no credential', document: 'error', argv: ['list', ...on('billing')], env: {ASTRO_API_TOKEN: undefined}},
  {what: 'a name that no token has', document: 'error', argv: ['add', '-n', 'ci-pipelin', ...on('reports')]},
  {what: 'a name that two tokens have', document: 'error', argv: ['add', '-n', 'nightly', ...on('reports')]},
  {what: 'an unknown Deployment', document: 'error', argv: ['list', '--deployment-id=clz27bn7xj8b7tfq7xkwo886x']},
  {
    what: 'an unknown role',
    document: 'error',
    argv: ['add', tokens.ciPipeline, ...on('reports'), '-r', 'Deploy Raeder'],
  },
  {
    what: 'a refusal that names fields',
    document: 'error',
    argv: ['add', tokens.ciPipeline, ...on('reports')],
    arrange: refuseFields,
  },
  {
    what: 'a token that would be left without a role',
    document: 'error',
    argv: ['remove', tokens.nightlyTwin, ...on('billing')],
    arrange: onlyRole,
  },
]

const CASES = [...RESULTS, ...FAILURES]

/** What only a write with --settle has, and one whose responses had the names of Deployments. */
const DETAILS: Omit<NamedResult, 'changes'> = {
  token: {id: tokens.deployBot, name: 'deploy-bot', scope: 'ORGANIZATION', createdAt: '2026-01-02T03:04:05Z'},
  dagRolesStay: [],
  isDryRun: false,
  settlement: {settled: true, rewrites: 1},
  deploymentNames: new Map([[deployments.billing, 'billing']]),
}
const added = {deploymentId: deployments.billing, action: 'added', role: 'Log Reader'} as const
const removed = {deploymentId: deployments.billing, action: 'removed', previousRole: 'Log Reader'} as const
const SETTLED = [
  {what: 'a settled addition', document: 'scoping', value: roleJson({...DETAILS, changes: [added]})},
  {what: 'a settled removal', document: 'removal', value: removalJson({...DETAILS, changes: [removed]})},
]

function onlyRole(api: AstroApi): void {
  const token = api.world.tokens.find(({id}) => id === tokens.nightlyTwin)
  if (token) token.roles = (token.roles ?? []).filter(({entityType}) => entityType === 'DEPLOYMENT')
}

function emptyBilling(api: AstroApi): void {
  api.world.tokens = api.world.tokens.filter(({id}) => id !== tokens.nightlyTwin)
}

function useAndRotate(api: AstroApi): void {
  for (const token of api.world.tokens) {
    token.lastUsedAt = '2026-01-03T03:04:05Z'
    token.lastRotatedAt = '2026-01-02T03:04:05Z'
  }
}

function refuseFields(api: AstroApi): void {
  const fieldErrors = [{code: 'invalid', field: 'roles', message: 'is not allowed here'}]
  const body = {message: 'Invalid request', requestId: 'req-1', statusCode: 400, fieldErrors}
  api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 400, body}})
}

/** Every key that a schema has, as a path; under a list, `[]`. */
function keysOf({items, properties}: Schema, path = ''): string[] {
  if (items) return keysOf(items, `${path}[]`)
  return Object.entries(properties ?? {}).flatMap(([key, inner]) => [
    `${path}.${key}`,
    ...keysOf(inner, `${path}.${key}`),
  ])
}

/** Every key that a document has, likewise. */
function keysIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysIn(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [`${path}.${key}`, ...keysIn(inner, `${path}.${key}`)])
}

describe('the schemas of the JSON documents', function () {
  this.timeout(60_000)
  const printed = new Map<string, unknown>()

  before(async () => {
    for (const {argv, arrange, env, what} of CASES) {
      const api = await startAstroApi()
      arrange?.(api)
      const run = await runCli(['deployment', 'organization-token', ...argv, '--json'], {...envFor(api), ...env})
      printed.set(what, JSON.parse(run.stdout))
      await api.close()
    }

    for (const {value, what} of SETTLED) printed.set(what, JSON.parse(safeJson(value)))
  })

  for (const {document, what} of [...CASES, ...SETTLED]) {
    it(`describe ${what} as ${document}, and as nothing else`, () => {
      expect(faultsOf(document, printed.get(what))).to.deep.equal([])
      expect(documentsLike(printed.get(what))).to.deep.equal([document])
    })
  }

  it('have no key that is in none of these documents', () => {
    const keys = [...SCHEMAS].flatMap(([name, schema]) => keysOf(schema).map((key) => `${name}${key}`))
    const seen = new Set(
      [...CASES, ...SETTLED].flatMap(({document, what}) => keysIn(printed.get(what)).map((key) => `${document}${key}`)),
    )

    expect(keys.filter((key) => !seen.has(key))).to.deep.equal([])
  })

  it('name every kind of failure and every exit', () => {
    const error = SCHEMAS.get('error')?.properties?.error?.properties

    expect(error?.kind?.enum).to.have.members(Object.keys(EXITS))
    expect(error?.exit?.enum).to.have.members([...new Set(Object.values(EXITS))])
  })

  it('leave room for keys that a later version adds', () => {
    expect(JSON.stringify([...SCHEMAS.values()])).not.to.contain('additionalProperties')
  })
})
