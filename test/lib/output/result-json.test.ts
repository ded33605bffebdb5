import {expect} from 'chai'

import {AstroError, redact} from '../../../src/lib/errors.js'
import {auditJson, errorJson, listJson, removalJson, roleJson} from '../../../src/lib/output/result-json.js'
import {jwt} from '../support.js'
import {BARE, FULL, HOSTILE} from './fixtures.js'

/** JSON has the true text of names. */
const TOKEN = {...FULL, name: HOSTILE}
const IDENTITY = {id: 'cltok1', name: HOSTILE, description: '=1', scope: 'ORGANIZATION', kind: 'DIRECT_ACCESS'}
const CREATED = {created_at: '2026-03-07T12:00:00Z', created_by: 'Jo Doe'}
const UPDATED = {updated_at: '2025-03-07T12:00:00Z'}
const TIMES = {
  expires_at: '2026-03-22T13:00:00Z',
  last_used_at: '2025-12-09T13:00:00+02:00',
  last_rotated_at: '2026-03-10T11:00:00Z',
}
const BARE_JSON = {id: 'cltok2', name: 'bare', scope: 'ORGANIZATION'}

const RESULT = {token: TOKEN, changes: [], dagRolesStay: ['d1'], isDryRun: false}
/** What only some results have. An empty name counts as unknown. */
const DETAILS = {
  isDryRun: true,
  settlement: {settled: true, rewrites: 2},
  deploymentNames: new Map(Object.entries({d1: HOSTILE, d2: ''})),
}

const jsonOf = (error: AstroError) => errorJson(error, redact)

/** Compares texts, which have the order of keys too. */
const expectJson = (actual: unknown, expected: unknown) => {
  expect(JSON.stringify(actual)).to.equal(JSON.stringify(expected))
}

describe('the JSON document', () => {
  it('of list has each key of a token, and omits those without a value, but not the role', () => {
    const items = [
      {token: TOKEN, role: 'Deploy Reader'},
      {token: BARE, role: undefined},
    ]
    const first = {...IDENTITY, role: 'Deploy Reader', ...CREATED, ...UPDATED, ...TIMES}
    expectJson(listJson('d1', items), {deployment_id: 'd1', tokens: [first, {...BARE_JSON, role: ''}]})
    expectJson(listJson('d1', []), {deployment_id: 'd1', tokens: []})
  })

  it('of an audit groups by token, in the order of the roles, with the role in the Organization', () => {
    const roles = [
      {token: TOKEN, deploymentId: 'd2', deploymentName: HOSTILE, role: 'r'},
      {token: BARE, deploymentId: 'd1', deploymentName: '', role: ''},
      {token: TOKEN, deploymentId: 'd1', deploymentName: 'one', role: 'q'},
    ]
    const deployments = [
      {deployment_id: 'd2', deployment_name: HOSTILE, role: 'r'},
      {deployment_id: 'd1', deployment_name: 'one', role: 'q'},
    ]
    expectJson(auditJson(roles), {
      tokens: [
        {...IDENTITY, ...CREATED, ...UPDATED, ...TIMES, organization_role: 'ORGANIZATION_OWNER', deployments},
        {...BARE_JSON, deployments: [{deployment_id: 'd1', role: ''}]},
      ],
    })
  })

  describe('of add and update', () => {
    const updated = {deploymentId: 'd1', action: 'updated', role: 'new', previousRole: 'old'} as const
    const added = {deploymentId: 'd2', action: 'added', role: 'new'} as const
    const [before, after] = [{previous_role: 'old', action: 'updated'}, {action: 'added'}]

    it('has the roles before and after, and not when the token was last updated', () => {
      expectJson(roleJson({...RESULT, changes: [updated, added]}), {
        ...IDENTITY,
        ...CREATED,
        ...TIMES,
        role: 'new',
        dry_run: false,
        deployments: [
          {deployment_id: 'd1', role: 'new', ...before},
          {deployment_id: 'd2', role: 'new', ...after},
        ],
      })
    })

    it('has a settlement and the names of Deployments, if known', () => {
      expectJson(roleJson({...RESULT, ...DETAILS, token: BARE, changes: [updated, added]}), {
        ...BARE_JSON,
        role: 'new',
        dry_run: true,
        settled: true,
        rewrites: 2,
        deployments: [
          {deployment_id: 'd1', deployment_name: HOSTILE, role: 'new', ...before},
          {deployment_id: 'd2', role: 'new', ...after},
        ],
      })
    })
  })

  it('of remove has the role before, and the ID of a single Deployment at the top', () => {
    const removed = {deploymentId: 'd1', action: 'removed', previousRole: 'old'} as const
    const token = {id: 'cltok1', name: HOSTILE, scope: 'ORGANIZATION', action: 'removed'}
    const one = {previous_role: 'old', action: 'removed'}
    const deployments = [{deployment_id: 'd1', ...one}]
    expectJson(removalJson({...RESULT, changes: [removed]}), {
      ...token,
      dry_run: false,
      deployment_id: 'd1',
      deployments,
    })
    expectJson(removalJson({...RESULT, ...DETAILS, changes: [removed, {...removed, deploymentId: 'd2'}]}), {
      ...token,
      dry_run: true,
      settled: true,
      rewrites: 2,
      deployments: [
        {deployment_id: 'd1', deployment_name: HOSTILE, ...one},
        {deployment_id: 'd2', ...one},
      ],
    })
  })

  describe('of an error', () => {
    const fieldErrors = [{code: 'invalid', field: 'roles', message: 'is odd'}]
    const candidates = [{id: 'a', name: 'A'}, {name: 'B'}]

    it('has the documented keys', () => {
      const details = {hint: 'Pass the ID', status: 400, requestId: 'req-1', fieldErrors, candidates}
      expectJson(jsonOf(new AstroError('conflict', 'No.')), {error: {kind: 'conflict', message: 'No.', exit: 5}})
      const {hint, requestId, status} = details
      expectJson(jsonOf(new AstroError('ambiguous', 'Which?', details)), {
        error: {
          kind: 'ambiguous',
          message: 'Which?',
          exit: 2,
          hint,
          status,
          request_id: requestId,
          field_errors: fieldErrors,
          candidates,
        },
      })
    })

    it('has nothing else', () => {
      const secret = 'do-not-print-me'
      const withSecret = (items: readonly object[]) => items.map((item) => ({...item, secret}))
      const details = {candidates: withSecret(candidates), fieldErrors: withSecret(fieldErrors), options: {secret}}
      const error = Object.assign(new AstroError('api', 'No.', details as object), {cause: new Error(secret)})
      expectJson(jsonOf(error), {error: {kind: 'api', message: 'No.', exit: 1, field_errors: fieldErrors, candidates}})
    })

    it('redacts every text from outside', () => {
      const token = jwt({sub: 'x'})
      const details = {hint: token, requestId: token, fieldErrors: [{code: token, field: token, message: token}]}
      const text = JSON.stringify(jsonOf(new AstroError('usage', token, details)))
      expect(text.match(/"\[redacted\]"/g)).to.have.length(6)
      expect(text).not.to.contain(token)
    })
  })
})
