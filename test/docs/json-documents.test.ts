import {expect} from 'chai'

import {EXITS} from '../../src/lib/errors.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {documentsLike, type Schema, SCHEMAS} from '../support/documents.js'
import {envFor, runCli} from '../support/run-cli.js'

const {deployments, tokens, workspaces} = ids
const ON_REPORTS = `--deployment-id=${deployments.reports}`

interface Case {
  readonly prints: 'error' | 'list' | 'list-all-deployments' | 'removal' | 'scoping'
  readonly line: string
  readonly given?: (api: AstroApi) => unknown
}

function rejectsWrite(api: AstroApi): void {
  const fieldErrors = [{code: 'invalid', field: 'roles', message: 'is not allowed here'}]
  const body = {message: 'Invalid request', requestId: 'req-1', statusCode: 400, fieldErrors}
  api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 400, body}})
}

const CASES: readonly Case[] = [
  {prints: 'list', line: `list --deployment-id=${deployments.billing}`},
  {prints: 'list-all-deployments', line: 'list --all-deployments'},
  {prints: 'scoping', line: `add ${tokens.nightlyTwin} ${ON_REPORTS} --settle=1`},
  {prints: 'scoping', line: `add ${tokens.deployBot} --all-deployments --dry-run`},
  {
    prints: 'removal',
    line: `remove ${tokens.dataQuality} --deployment-id=${deployments.mlTraining} --settle=1`,
    given: ({world}) => Object.assign(world, {addsAccessors: true}),
  },
  {prints: 'removal', line: `remove ${tokens.deployBot} --all-deployments --workspace-id=${workspaces.data} --dry-run`},
  {prints: 'error', line: `add -n ci-pipelin ${ON_REPORTS}`},
  {prints: 'error', line: `add ${tokens.ciPipeline} ${ON_REPORTS}`, given: rejectsWrite},
]

/** The document that this command line prints, about tokens that have been used and rotated. */
async function print({given, line}: Case): Promise<unknown> {
  const api = await startAstroApi()
  const times = {lastUsedAt: '2026-01-03T03:04:05Z', lastRotatedAt: '2026-01-02T03:04:05Z'}
  for (const token of api.world.tokens) Object.assign(token, times)
  given?.(api)
  const argv = ['deployment', 'organization-token', ...line.split(' '), '--json']
  const {stdout} = await runCli(argv, envFor(api))
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

  it('describe each document, and no other, and have no key that is in none of them', async () => {
    const documents = await Promise.all(CASES.map(async (one) => ({...one, value: await print(one)})))
    for (const {line, prints, value} of documents) expect(documentsLike(value), line).to.deep.equal([prints])
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
