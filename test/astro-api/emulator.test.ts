import {expect} from 'chai'

import {call} from './calls.js'
import {type AstroApi, startAstroApi} from './server.js'
import {ids, MEMBER, roleOnDeployment, type TokenRole} from './world.js'

const {deployments, tokens} = ids
const ADMIN = roleOnDeployment(deployments.billing, 'DEPLOYMENT_ADMIN')
const ROOT = `/v1/organizations/${ids.organization}`
const ROLES = `${ROOT}/tokens/${tokens.deployBot}/roles`
const RENEWAL = {client_id: 'emulator-client', grant_type: 'refresh_token', refresh_token: 'unknown'}
const NO_MORE = 'must NOT have additional properties'
const NO_ROLES = '/requestBody/roles must NOT have fewer than 1 items'
const NO_BODY = "/ must have required property 'requestBody'"

describe('the emulated API', () => {
  let api: AstroApi
  const send = async (path: string, body?: object, token = api.apiToken()) =>
    call(`${api.url}${path}`, {token, ...(body && {body})})
  const rolesOf = (tokenId: string) => api.world.tokens.find(({id}) => id === tokenId)?.roles

  beforeEach(async () => {
    api = await startAstroApi()
  })

  afterEach(async () => {
    await api.close()
    expect(api.violations).to.deep.equal([])
  })

  const undocumented: readonly {path: string; body?: object; status: number; violation: string}[] = [
    {path: `${ROOT}/tokens?limit=1001`, status: 400, violation: 'listApiTokens request: /query/limit must be <= 1000'},
    {path: `${ROOT}/tokens?x=y`, status: 200, violation: `listApiTokens request: /query ${NO_MORE} (x)`},
    {path: '/organizations', status: 404, violation: 'GET /organizations: the API has no such operation'},
    {path: ROLES, body: {roles: []}, status: 400, violation: `updateApiTokenRoles request: ${NO_ROLES}`},
    {path: ROLES, body: new URLSearchParams('a=b'), status: 400, violation: `updateApiTokenRoles request: ${NO_BODY}`},
    {path: '/oauth/token', body: RENEWAL, status: 400, violation: `renewAccessToken request: ${NO_BODY}`},
  ]

  it('records requests that the contract does not describe, also by their media type', async () => {
    for (const {body, path, status, violation} of undocumented) {
      expect(await send(path, body), path).to.include({status})
      expect(api.violations.splice(0), path).to.deep.equal([violation])
    }
  })

  it('records its own invalid responses, except those of a fault', async () => {
    const [first] = api.world.tokens
    Object.assign(first ?? {}, {createdAt: 'yesterday', scope: undefined})
    await send(`${ROOT}/tokens?limit=1`)
    api.inject({action: {kind: 'body', body: '[]'}})
    await send(`${ROOT}/tokens`)
    expect(api.violations.splice(0)).to.deep.equal([
      "listApiTokens response 200: /tokens/0 must have required property 'scope'",
      'listApiTokens response 200: /tokens/0/createdAt must match format "date-time"',
    ])
  })

  const lists = [
    {path: 'deployments?offset=4&limit=3', names: ['reports', 'billing']},
    {path: `deployments?deploymentIds=${deployments.sandbox}&deploymentIds=clnone`, names: ['sandbox']},
    {path: 'tokens?sorts=createdAt:asc&limit=2', names: ['old-ci', 'nightly']},
    {path: 'roles?scopeTypes=DAG&includeDefaultRoles=true', names: ['DAG Trigger']},
    {path: `tokens?deploymentId=${deployments.etlProd}&offset=2`, names: ['workspace-loader', 'etl-prod-deployer']},
  ]

  it('filters, sorts and pages lists', async () => {
    for (const {names, path} of lists) {
      const {body} = await send(`${ROOT}/${path}`)
      const [items] = Object.values(body as Record<string, readonly {name: string}[]>)
      const found = items?.map(({name}) => name)
      expect(found, path).to.deep.equal(names)
    }
  })

  const rejected: readonly {entry: TokenRole; message: string}[] = [
    {entry: {...ADMIN, entityType: 'DAG', deploymentId: 'clnone'}, message: 'DEPLOYMENT clnone was not found'},
    {entry: {...ADMIN, role: 'DAG Trigger'}, message: "There is no role 'DAG Trigger' for DEPLOYMENT"},
    {entry: {...ADMIN, role: 'Log Reader'}, message: `More than one role for DEPLOYMENT ${deployments.billing}`},
    {entry: {...MEMBER, entityType: 'ENVIRONMENT'}, message: 'Unknown entity type ENVIRONMENT'},
  ]

  it('rejects a write with a role that Astro does not accept, and changes nothing', async () => {
    const before = rolesOf(tokens.deployBot)
    for (const {entry, message} of rejected) {
      expect((await send(ROLES, {roles: [ADMIN, entry]})).body, message).to.include({message})
      expect(rolesOf(tokens.deployBot), message).to.equal(before)
    }

    // The entity type is not in the contract.
    expect(api.violations.splice(0)).to.have.length(1)
  })

  it('accepts the roles of each seeded token', async () => {
    api.world.needsAccessors = true
    for (const {id, name} of api.world.tokens) {
      const roles = rolesOf(id)
      expect(await send(`${ROOT}/tokens/${id}/roles`, {roles}), name).to.include({status: 200})
      expect(rolesOf(id), name).to.deep.equal(roles)
    }
  })

  it('rejects a credential that is missing, unknown, expired, revoked or of another Organization', async () => {
    const {accessToken: revoked} = api.login()
    api.revoke(revoked)
    for (const token of ['', 'a.b.c', revoked, api.login({expiresInSeconds: 0}).accessToken]) {
      expect(await send(`${ROOT}/tokens`, undefined, token), token).to.include({status: 401})
    }

    expect(await send(`${ROOT}/tokens`, undefined, api.login().accessToken)).to.include({status: 200})
    expect(await send('/v1/organizations/clnone/tokens')).to.include({status: 403})
  })

  it('rejects a refresh token that is unknown or replaced', async () => {
    const {refreshToken} = api.login({rotate: true})
    const outcomes = []
    for (const token of ['unknown', refreshToken, refreshToken]) {
      const {body, status} = await send('/oauth/token', new URLSearchParams({...RENEWAL, refresh_token: token}))
      outcomes.push(`${status} ${(body as {error?: string}).error}`)
    }

    expect(outcomes).to.deep.equal(['400 invalid_grant', '200 undefined', '400 invalid_grant'])
  })
})
