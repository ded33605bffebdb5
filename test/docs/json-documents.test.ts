import {expect} from 'chai'

import {EXITS} from '../../src/lib/errors.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {documentsLike, faultsOf, type Schema, SCHEMAS} from '../support/documents.js'
import {envFor, NO_WAITS, runCli} from '../support/run-cli.js'

const {deployments, tokens} = ids
const on = (...names: readonly (keyof typeof deployments)[]) =>
  names.map((name) => `--deployment-id=${deployments[name]}`).join(' ')

interface Case {
  readonly prints: 'error' | 'list' | 'list-all-deployments' | 'removal' | 'scoping'
  readonly line: string
  /** Changes the seeded world. */
  readonly given?: (api: AstroApi) => void
  readonly isSignedOut?: boolean
}

const tokenOf = ({world}: AstroApi, id: string) => world.tokens.filter((token) => token.id === id)

function usedAndRotated({world}: AstroApi): void {
  const times = {lastUsedAt: '2026-01-03T03:04:05Z', lastRotatedAt: '2026-01-02T03:04:05Z'}
  for (const token of world.tokens) Object.assign(token, times)
}

function emptyBilling({world}: AstroApi): void {
  world.tokens = world.tokens.filter(({id}) => id !== tokens.nightlyTwin)
}

function onlyRole(api: AstroApi): void {
  for (const token of tokenOf(api, tokens.nightlyTwin)) {
    token.roles = (token.roles ?? []).filter(({entityType}) => entityType === 'DEPLOYMENT')
  }
}

function addsAccessors({world}: AstroApi): void {
  world.addsAccessors = true
}

function refusedFields(api: AstroApi): void {
  const fieldErrors = [{code: 'invalid', field: 'roles', message: 'is not allowed here'}]
  const body = {message: 'Invalid request', requestId: 'req-1', statusCode: 400, fieldErrors}
  api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 400, body}})
}

const CASES: readonly Case[] = [
  {prints: 'list', line: `list ${on('billing')}`, given: usedAndRotated},
  {prints: 'list', line: `list ${on('billing')}`, given: emptyBilling},
  // This one has a token that only has DAG roles.
  {prints: 'list', line: `list ${on('reports')}`},
  {prints: 'list-all-deployments', line: 'list --all-deployments', given: usedAndRotated},
  {prints: 'scoping', line: `add ${tokens.ciPipeline} ${on('reports')} --settle=1`},
  // This one changes a role, and leaves one unchanged.
  {prints: 'scoping', line: `add ${tokens.deployBot} ${on('etlProd', 'etlStaging', 'billing')}`},
  {prints: 'scoping', line: `add ${tokens.deployBot} --all-deployments --dry-run`},
  {
    prints: 'scoping',
    line: `update ${tokens.nightlyTwin} ${on('billing')} --role=DEPLOYMENT_ADMIN`,
    given: usedAndRotated,
  },
  {prints: 'removal', line: `remove ${tokens.deployBot} ${on('etlProd')}`},
  {prints: 'removal', line: `remove ${tokens.dataQuality} ${on('mlTraining')}`, given: addsAccessors},
  {prints: 'removal', line: `remove -n deploy-bot ${on('etlProd', 'reports')} --settle=1`},
  {
    prints: 'removal',
    line: `remove ${tokens.deployBot} --all-deployments --workspace-id=${ids.workspaces.data} --dry-run`,
  },
  {prints: 'removal', line: `remove ${tokens.dataQuality} ${on('mlTraining')}`, given: addsAccessors},
  {prints: 'error', line: 'list --nonsense'},
  {prints: 'error', line: `list ${on('billing')}`, isSignedOut: true},
  {prints: 'error', line: `remove ${tokens.nightlyTwin} ${on('billing')}`, given: onlyRole},
  {prints: 'error', line: `add -n ci-pipelin ${on('reports')}`},
  {prints: 'error', line: `add -n nightly ${on('reports')}`},
  {prints: 'error', line: `add ${tokens.ciPipeline} ${on('reports')} --role=DEPLOYMENT_ADMIM`},
  {prints: 'error', line: `add ${tokens.ciPipeline} ${on('reports')}`, given: refusedFields},
]

/** The document that this command line prints. */
async function print({given, isSignedOut, line}: Case): Promise<unknown> {
  const api = await startAstroApi()
  given?.(api)
  const env = envFor(api, {...NO_WAITS, ...(isSignedOut && {ASTRO_API_TOKEN: undefined})})
  const {stdout} = await runCli(['deployment', 'organization-token', ...line.split(' '), '--json'], env)
  await api.close()
  return JSON.parse(stdout)
}

/** The paths of all keys of a schema; `[]` is an item of a list. */
function keysOf({items, properties = {}}: Schema, path: string): string[] {
  if (items) return keysOf(items, `${path}[]`)
  return Object.entries(properties).flatMap(([key, inner]) => [`${path}.${key}`, ...keysOf(inner, `${path}.${key}`)])
}

/** The paths of all keys of a document. */
function keysIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysIn(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [`${path}.${key}`, ...keysIn(inner, `${path}.${key}`)])
}

describe('the schemas of the JSON documents', function () {
  this.timeout(60_000)
  let documents: readonly {readonly prints: string; readonly line: string; readonly value: unknown}[]

  before(async () => {
    documents = await Promise.all(CASES.map(async (one) => ({...one, value: await print(one)})))
  })

  it('describe each document, and no other', () => {
    for (const {line, prints, value} of documents) {
      expect(faultsOf(prints, value), line).to.deep.equal([])
      expect(documentsLike(value), line).to.deep.equal([prints])
    }
  })

  it('have no key that is in none of these documents', () => {
    const seen = new Set(documents.flatMap(({prints, value}) => keysIn(value, prints)))
    const keys = [...SCHEMAS].flatMap(([name, schema]) => keysOf(schema, name))
    expect(keys.filter((key) => !seen.has(key))).to.deep.equal([])
  })

  it('name every error kind and exit code', () => {
    const {exit, kind} = SCHEMAS.get('error')?.properties?.error?.properties ?? {}
    expect(kind?.enum).to.have.members(Object.keys(EXITS))
    expect(exit?.enum).to.have.members([...new Set(Object.values(EXITS))])
  })

  it('allow keys that a later version adds', () => {
    expect(JSON.stringify([...SCHEMAS.values()])).not.to.contain('additionalProperties')
  })
})
