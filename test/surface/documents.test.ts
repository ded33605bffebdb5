import {expect} from 'chai'

import {EXITS} from '../../src/lib/errors.js'
import {removalJson, roleJson} from '../../src/lib/output/result-json.js'
import {safeJson} from '../../src/lib/output/safe-text.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {documentsLike, faultsOf, type Schema, SCHEMAS} from '../support/documents.js'
import {envFor, runCli} from '../support/run-cli.js'
import {PRINTED, type World} from './documents-table.js'

/** Only a write with --settle has a settlement, and only some responses have the names of Deployments. */
const SETTLED = {
  token: {id: 'cltok1', name: 'deploy-bot', scope: 'ORGANIZATION'},
  dagRolesStay: [],
  isDryRun: false,
  settlement: {settled: true, rewrites: 1},
  deploymentNames: new Map([['d1', 'billing']]),
}
const added = {deploymentId: 'd1', action: 'added', role: 'Log Reader'} as const
const removed = {deploymentId: 'd1', action: 'removed', previousRole: 'Log Reader'} as const

const ARRANGE: Readonly<Record<World, (api: AstroApi) => void>> = {
  'empty billing'({world}) {
    world.tokens = world.tokens.filter(({id}) => id !== ids.tokens.nightlyTwin)
  },
  'only role'({world}) {
    const token = world.tokens.find(({id}) => id === ids.tokens.nightlyTwin)
    if (token) token.roles = (token.roles ?? []).filter(({entityType}) => entityType === 'DEPLOYMENT')
  },
  'refused fields'(api) {
    const fieldErrors = [{code: 'invalid', field: 'roles', message: 'is not allowed here'}]
    const body = {message: 'Invalid request', requestId: 'req-1', statusCode: 400, fieldErrors}
    api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 400, body}})
  },
  'signed out'() {},
  'used and rotated'({world}) {
    const times = {lastUsedAt: '2026-01-03T03:04:05Z', lastRotatedAt: '2026-01-02T03:04:05Z'}
    for (const token of world.tokens) Object.assign(token, times)
  },
}

/** The document that this command line prints. */
async function print(line: string, world?: World): Promise<unknown> {
  const api = await startAstroApi()
  if (world) ARRANGE[world](api)
  const env = envFor(api, world === 'signed out' ? {ASTRO_API_TOKEN: undefined} : {})
  const {stdout} = await runCli(['deployment', 'organization-token', ...line.split(' '), '--json'], env)
  await api.close()
  return JSON.parse(stdout)
}

const asPrinted = (document: unknown): unknown => JSON.parse(safeJson(document))

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
  const documents: {readonly name: string; readonly line: string; readonly value: unknown}[] = [
    {name: 'scoping', line: 'add --settle', value: asPrinted(roleJson({...SETTLED, changes: [added]}))},
    {name: 'removal', line: 'remove --settle', value: asPrinted(removalJson({...SETTLED, changes: [removed]}))},
  ]

  before(async () => {
    const printing = PRINTED.map(async ([name, line, world]) => ({name, line, value: await print(line, world)}))
    documents.push(...(await Promise.all(printing)))
  })

  it('describe each document, and no other', () => {
    for (const {line, name, value} of documents) {
      expect(faultsOf(name, value), line).to.deep.equal([])
      expect(documentsLike(value), line).to.deep.equal([name])
    }
  })

  it('have no key that is in none of these documents', () => {
    const seen = new Set(documents.flatMap(({name, value}) => keysIn(value, name)))
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
