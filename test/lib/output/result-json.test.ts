import {expect} from 'chai'

import {type ApiToken} from '../../../src/lib/astro-api/answers.js'
import {auditJson, creatorOf, listJson, removalJson, roleJson} from '../../../src/lib/output/result-json.js'

const bare = {id: 'cltok2', name: 'bare', scope: 'ORGANIZATION', createdAt: '2026-01-02T03:04:05Z'}
const full = {
  ...bare,
  id: 'cltok1',
  name: 'etl\u202E',
  description: 'Nightly load',
  kind: 'STANDARD',
  updatedAt: '2026-02-02T03:04:05Z',
  endAt: '2027-01-02T03:04:05.678Z',
  lastUsedAt: '2026-03-02T03:04:05Z',
  lastRotatedAt: '2026-04-02T03:04:05Z',
  createdBy: {id: 'clusr1', fullName: 'Jo Doe', username: 'jo@example.com'},
  roles: [{entityType: 'DEPLOYMENT', entityId: 'd1', role: 'r'}],
  shortToken: 'abc',
}

/** One name that is known, and one that is empty, which counts as unknown. */
const NAMES = new Map([
  ['d1', 'etl\u202E'],
  ['d2', ''],
])

const on = (token: ApiToken, deploymentId: string) => ({token, deploymentId, deploymentName: 'etl\u202E', role: 'r'})

describe('the JSON documents', () => {
  describe('listJson', () => {
    it('has the documented keys, in their order, and the true text of names', () => {
      expect(JSON.stringify(listJson('d1', [{token: full, role: 'Deploy Reader'}]))).to.equal(
        JSON.stringify({
          deployment_id: 'd1',
          tokens: [
            {
              id: 'cltok1',
              name: 'etl\u202E',
              description: 'Nightly load',
              scope: 'ORGANIZATION',
              kind: 'STANDARD',
              role: 'Deploy Reader',
              created_at: '2026-01-02T03:04:05Z',
              created_by: 'Jo Doe',
              updated_at: '2026-02-02T03:04:05Z',
              expires_at: '2027-01-02T03:04:05.678Z',
              last_used_at: '2026-03-02T03:04:05Z',
              last_rotated_at: '2026-04-02T03:04:05Z',
            },
          ],
        }),
      )
    })

    it('omits keys without a value, and has an empty role for a token that only has roles on DAGs', () => {
      expect(JSON.stringify(listJson('d1', [{token: bare, role: undefined}]))).to.equal(
        JSON.stringify({
          deployment_id: 'd1',
          tokens: [{id: 'cltok2', name: 'bare', scope: 'ORGANIZATION', role: '', created_at: '2026-01-02T03:04:05Z'}],
        }),
      )
    })

    it('has an empty list where there is no token', () => {
      expect(listJson('d1', [])).to.deep.equal({deployment_id: 'd1', tokens: []})
    })
  })

  describe('roleJson', () => {
    const changes = [
      {deploymentId: 'd1', action: 'updated', role: 'new', previousRole: 'old'},
      {deploymentId: 'd2', action: 'added', role: 'new'},
      {deploymentId: 'd3', action: 'unchanged', role: 'new', previousRole: 'new'},
    ] as const

    const result = {token: full, changes, dagRolesStay: [], isDryRun: false}

    it('has the documented keys, in their order, without the time of the last update', () => {
      expect(JSON.stringify(roleJson(result))).to.equal(
        JSON.stringify({
          id: 'cltok1',
          name: 'etl\u202E',
          description: 'Nightly load',
          scope: 'ORGANIZATION',
          kind: 'STANDARD',
          created_at: '2026-01-02T03:04:05Z',
          created_by: 'Jo Doe',
          expires_at: '2027-01-02T03:04:05.678Z',
          last_used_at: '2026-03-02T03:04:05Z',
          last_rotated_at: '2026-04-02T03:04:05Z',
          role: 'new',
          dry_run: false,
          deployments: [
            {deployment_id: 'd1', role: 'new', previous_role: 'old', action: 'updated'},
            {deployment_id: 'd2', role: 'new', action: 'added'},
            {deployment_id: 'd3', role: 'new', previous_role: 'new', action: 'unchanged'},
          ],
        }),
      )
    })

    it('adds the settlement and the names of Deployments, if the result has them', () => {
      const details = {settlement: {settled: true, rewrites: 2}, deploymentNames: NAMES}
      const document = roleJson({...result, changes: changes.slice(0, 2), ...details})
      expect(JSON.stringify(document)).to.match(/"dry_run":false,"settled":true,"rewrites":2,"deployments":/)
      expect(JSON.stringify(document.deployments)).to.equal(
        JSON.stringify([
          {deployment_id: 'd1', deployment_name: 'etl\u202E', role: 'new', previous_role: 'old', action: 'updated'},
          {deployment_id: 'd2', role: 'new', action: 'added'},
        ]),
      )
    })

    it('holds nothing more of the token, such as its roles', () => {
      const document = JSON.stringify(roleJson({token: full, changes, dagRolesStay: [], isDryRun: false}))
      expect(JSON.parse(document)).to.not.have.any.keys('roles', 'shortToken', 'endAt', 'createdBy')
    })
  })

  describe('removalJson', () => {
    it('has the documented keys, in their order', () => {
      const changes = [{deploymentId: 'd1', action: 'removed', previousRole: 'old'}] as const
      expect(JSON.stringify(removalJson({token: full, changes, dagRolesStay: ['d1'], isDryRun: false}))).to.equal(
        JSON.stringify({
          id: 'cltok1',
          name: 'etl\u202E',
          scope: 'ORGANIZATION',
          action: 'removed',
          dry_run: false,
          deployments: [{deployment_id: 'd1', previous_role: 'old', action: 'removed'}],
        }),
      )
    })

    it('adds the settlement and the names of Deployments, if the result has them', () => {
      const changes = [{deploymentId: 'd1', action: 'removed', previousRole: 'old'}] as const
      const details = {settlement: {settled: false, rewrites: 0}, deploymentNames: NAMES}
      const document = removalJson({token: full, changes, dagRolesStay: [], isDryRun: false, ...details})
      expect(JSON.stringify(document)).to.match(/"dry_run":false,"settled":false,"rewrites":0,"deployments":/)
      expect(document.deployments[0]).to.deep.equal({
        deployment_id: 'd1',
        deployment_name: 'etl\u202E',
        previous_role: 'old',
        action: 'removed',
      })
    })
  })

  it('say when nothing was written', () => {
    const dryRun = {token: full, changes: [], dagRolesStay: [], isDryRun: true}
    expect(roleJson(dryRun).dry_run).to.equal(true)
    expect(removalJson(dryRun).dry_run).to.equal(true)
  })

  describe('auditJson', () => {
    it('groups by token, with the documented keys in their order', () => {
      expect(JSON.stringify(auditJson([on(full, 'd1')]))).to.equal(
        JSON.stringify({
          tokens: [
            {
              id: 'cltok1',
              name: 'etl\u202E',
              description: 'Nightly load',
              scope: 'ORGANIZATION',
              kind: 'STANDARD',
              created_at: '2026-01-02T03:04:05Z',
              created_by: 'Jo Doe',
              updated_at: '2026-02-02T03:04:05Z',
              expires_at: '2027-01-02T03:04:05.678Z',
              last_used_at: '2026-03-02T03:04:05Z',
              last_rotated_at: '2026-04-02T03:04:05Z',
              deployments: [{deployment_id: 'd1', deployment_name: 'etl\u202E', role: 'r'}],
            },
          ],
        }),
      )
    })

    it('omits the name of a Deployment that has none, and what the API does not say', () => {
      expect(JSON.stringify(auditJson([{...on(bare, 'd1'), deploymentName: ''}]))).to.equal(
        JSON.stringify({
          tokens: [
            {
              id: 'cltok2',
              name: 'bare',
              scope: 'ORGANIZATION',
              created_at: '2026-01-02T03:04:05Z',
              deployments: [{deployment_id: 'd1', role: 'r'}],
            },
          ],
        }),
      )
    })

    it('keeps the order of the roles: a token stands where its first role stands', () => {
      const {tokens} = auditJson([on(full, 'd2'), on(bare, 'd1'), on(full, 'd1')])
      expect(tokens.map(({id}) => id)).to.deep.equal(['cltok1', 'cltok2'])
      expect(tokens[0]?.deployments.map((each) => each.deployment_id)).to.deep.equal(['d2', 'd1'])
    })

    it('has an empty list where there is no role', () => {
      expect(auditJson([])).to.deep.equal({tokens: []})
    })
  })

  describe('creatorOf', () => {
    const id = 'clusr1'
    const cases: readonly (readonly [what: string, createdBy: ApiToken['createdBy'], creator: string | undefined])[] = [
      ['a person’s full name', {id, fullName: 'Jo Doe', username: 'jo@example.com'}, 'Jo Doe'],
      ['the name of the API token', {id, apiTokenName: 'ci'}, 'ci'],
      ['a user name where there is no full name', {id, fullName: '', username: 'jo@example.com'}, 'jo@example.com'],
      ['an ID where there is nothing else', {id}, id],
      ['nothing where the API does not say', undefined, undefined],
    ]
    for (const [what, createdBy, creator] of cases) {
      it(`is ${what}`, () => {
        expect(creatorOf({...bare, ...(createdBy && {createdBy})})).to.equal(creator)
      })
    }
  })
})
