import {expect} from 'chai'

import {call, pluck} from './calls.js'
import {type AstroApi, startAstroApi} from './server.js'
import {ids} from './world.js'

const {deployments, organization, otherOrganization, tokens, workspaces} = ids
const now = new Date('2025-06-01T12:00:00Z')

describe('the emulated API', () => {
  let api: AstroApi

  beforeEach(async () => {
    api = await startAstroApi({now: () => now})
  })

  afterEach(async () => {
    await api.close()
    expect(api.violations).to.deep.equal([])
  })

  const first = async (sorts: string): Promise<unknown> =>
    pluck(await call(api, `tokens?limit=1&sorts=${sorts}`), 'tokens')[0]

  describe('listOrganizations', () => {
    it('lists the Organizations that the credential belongs to, and no others', async () => {
      const {body, status} = await call(api, '/v1/organizations')
      expect(status).to.equal(200)
      expect(body).to.deep.equal({
        organizations: [{id: organization, name: 'Acme Air', product: 'HOSTED'}],
        limit: 20,
        offset: 0,
        totalCount: 1,
      })
    })

    it('lists all of them for a user who belongs to several', async () => {
      const {accessToken} = api.login({organizations: [organization, otherOrganization]})
      const reply = await call(api, '/v1/organizations', {token: accessToken})
      expect(pluck(reply, 'organizations', 'id')).to.deep.equal([organization, otherOrganization])
    })
  })

  describe('listDeployments', () => {
    const all = ['etl-prod', 'etl-staging', 'ml-training', 'sandbox', 'reports', 'billing']

    it('lists every Deployment of the Organization', async () => {
      const reply = await call(api, 'deployments')
      expect(pluck(reply, 'deployments')).to.deep.equal(all)
      expect(reply.body).to.include({limit: 20, offset: 0, totalCount: 6})
    })

    it('answers the part that offset and limit ask for, and the number of all', async () => {
      const reply = await call(api, 'deployments?offset=4&limit=3')
      expect(pluck(reply, 'deployments')).to.deep.equal(['reports', 'billing'])
      expect(reply.body).to.include({limit: 3, offset: 4, totalCount: 6})
      expect(pluck(await call(api, 'deployments?limit=0'), 'deployments')).to.deep.equal([])
    })

    it('keeps each of a repeated deploymentIds, and ignores an unknown one', async () => {
      const query = `deploymentIds=${deployments.billing}&deploymentIds=${deployments.sandbox}&deploymentIds=clnone`
      expect(pluck(await call(api, `deployments?${query}`), 'deployments')).to.deep.equal(['sandbox', 'billing'])
    })

    it('keeps what fits names and workspaceIds alike', async () => {
      const query = `names=reports&names=sandbox&workspaceIds=${workspaces.data}`
      expect(pluck(await call(api, `deployments?${query}`), 'deployments')).to.deep.equal(['sandbox'])
    })

    it('sorts by name and by age', async () => {
      const byName = await call(api, 'deployments?sorts=name:asc')
      expect(pluck(byName, 'deployments')).to.deep.equal(all.toSorted())
      const newest = await call(api, 'deployments?sorts=createdAt:desc&limit=2')
      expect(pluck(newest, 'deployments')).to.deep.equal(['billing', 'reports'])
    })

    it('asks the next sort where the one before finds no difference', async () => {
      for (const deployment of api.world.deployments) deployment.updatedAt = now.toISOString()
      const reply = await call(api, 'deployments?sorts=updatedAt:asc&sorts=name:desc')
      expect(pluck(reply, 'deployments')).to.deep.equal(all.toSorted().toReversed())
    })

    it('lists nothing for another Organization of the user', async () => {
      const {accessToken: token} = api.login({organizations: [otherOrganization]})
      const lists = ['deployments', 'tokens', 'roles'].map((list) => `/v1/organizations/${otherOrganization}/${list}`)
      const replies = await Promise.all(lists.map((path) => call(api, path, {token})))
      for (const {body} of replies) expect(body).to.include({totalCount: 0})
    })
  })

  describe('getDeployment', () => {
    it('answers the Deployment', async () => {
      const {body, status} = await call(api, `deployments/${deployments.reports}`)
      expect(status).to.equal(200)
      expect(body).to.include({id: deployments.reports, name: 'reports', workspaceName: 'Finance', status: 'HEALTHY'})
    })

    it('refuses an unknown one with 404', async () => {
      const {body, status} = await call(api, 'deployments/clnone')
      expect(status).to.equal(404)
      expect(body).to.deep.equal({
        message: 'Deployment clnone was not found',
        requestId: 'emulator-000001',
        statusCode: 404,
      })
    })
  })

  describe('listRoles', () => {
    const custom = ['Deploy Reader', 'Deploy Operator', 'Log Reader', 'DAG Trigger', 'Workspace Reviewer']

    it('lists the custom roles alone unless the default roles are asked for', async () => {
      const {body} = await call(api, 'roles')
      expect(pluck({status: 200, body}, 'roles')).to.deep.equal(custom)
      expect(body).to.not.have.property('defaultRoles')
    })

    it('adds all the default roles to each page, and counts the custom ones', async () => {
      const reply = await call(api, 'roles?includeDefaultRoles=true&offset=4&limit=2')
      expect(pluck(reply, 'roles')).to.deep.equal(['Workspace Reviewer'])
      expect(pluck(reply, 'defaultRoles')).to.have.length(10).and.to.include('DEPLOYMENT_ADMIN')
      expect(reply.body).to.include({limit: 2, offset: 4, totalCount: 5})
    })

    it('keeps the roles of each of the scopeTypes, custom and default', async () => {
      const reply = await call(api, 'roles?includeDefaultRoles=true&scopeTypes=DEPLOYMENT&scopeTypes=DAG')
      expect(pluck(reply, 'roles')).to.deep.equal(custom.slice(0, 4))
      expect(pluck(reply, 'defaultRoles')).to.deep.equal(['DEPLOYMENT_ADMIN', 'DAG_AUTHOR', 'DAG_VIEWER'])
      expect(reply.body).to.include({totalCount: 4})
    })
  })

  describe('listApiTokens', () => {
    it('lists tokens of every scope', async () => {
      const reply = await call(api, 'tokens')
      expect(pluck(reply, 'tokens', 'id')).to.have.members(Object.values(tokens))
      expect(new Set(pluck(reply, 'tokens', 'scope'))).to.have.keys('ORGANIZATION', 'WORKSPACE', 'DEPLOYMENT')
    })

    it('keeps those with a role on the Deployment, or on a DAG in it, of every scope', async () => {
      const onEtlProd = await call(api, `tokens?deploymentId=${deployments.etlProd}`)
      const expected = ['deploy-bot', 'data-quality', 'terraform', 'workspace-loader', 'etl-prod-deployer']
      expect(pluck(onEtlProd, 'tokens')).to.deep.equal(expected)
      const onReports = await call(api, `tokens?deploymentId=${deployments.reports}`)
      expect(pluck(onReports, 'tokens')).to.deep.equal(['deploy-bot', 'Report viewer'])
    })

    it('refuses an unknown Deployment or Workspace with 404', async () => {
      expect(await call(api, 'tokens?deploymentId=clnone')).to.include({status: 404})
      expect(await call(api, 'tokens?workspaceId=clnone')).to.include({status: 404})
    })

    it('keeps those with a role on the Workspace', async () => {
      const reply = await call(api, `tokens?workspaceId=${workspaces.data}`)
      expect(pluck(reply, 'tokens')).to.deep.equal(['data-quality', 'workspace-loader'])
    })

    it('keeps those of Organization scope when asked to', async () => {
      const query = `deploymentId=${deployments.etlProd}&includeOnlyOrganizationTokens=true`
      const expected = ['deploy-bot', 'data-quality', 'terraform']
      expect(pluck(await call(api, `tokens?${query}`), 'tokens')).to.deep.equal(expected)
    })

    it('sorts by each field that it names', async () => {
      expect(await first('name:asc')).to.equal('Report viewer')
      expect(await first('name:desc')).to.equal('workspace-loader')
      expect(await first('createdAt:asc')).to.equal('old-ci')
      expect(await first('tokenStartAt:desc')).to.equal('unassigned')
      expect(await first('updatedAt:asc')).to.equal('old-ci')
      expect(await first('description:desc')).to.equal('nightly')
    })
  })

  describe('getApiToken', () => {
    it('answers the token with all its roles, fields of its entries that nobody described included', async () => {
      const {body} = await call(api, `tokens/${tokens.dataQuality}`)
      expect(body).to.have.property('roles').with.length(6)
      expect(body).to.have.nested.property('roles[4].grantedBy.ticket', 417)
    })

    it('answers with roles that a list leaves out', async () => {
      const {body} = await call(api, `tokens/${tokens.unassigned}`)
      const {body: list} = await call(api, 'tokens?limit=1000')
      expect(body).to.include({name: 'unassigned'}).and.to.have.property('roles')
      const items = (list as {tokens: {id: string}[]}).tokens
      expect(items.find(({id}) => id === tokens.unassigned)).to.not.have.property('roles')
    })

    it('refuses an unknown token with 404', async () => {
      const {body, status} = await call(api, 'tokens/clnone')
      expect(status).to.equal(404)
      expect(body).to.include({message: 'API token clnone was not found'})
    })
  })
})
