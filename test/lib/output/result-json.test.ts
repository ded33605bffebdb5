import {expect} from 'chai'

import {AstroError, redact} from '../../../src/lib/errors.js'
import {errorJson, removalJson} from '../../../src/lib/output/result-json.js'
import {jwt} from '../support.js'
import {BARE} from './fixtures.js'

/** Compares texts, which have the order of keys too. */
function expectJson(actual: unknown, expected: unknown): void {
  expect(JSON.stringify(actual)).to.equal(JSON.stringify(expected))
}

describe('the JSON document', () => {
  it('of a removal from several Deployments has the known names, and no ID of a single Deployment', () => {
    const removed = {action: 'removed', previousRole: 'old'} as const
    const changes = ['d1', 'd2'].map((deploymentId) => ({...removed, deploymentId}))
    // An empty name counts as unknown.
    const deploymentNames = new Map(Object.entries({d1: 'one', d2: ''}))
    const document = removalJson({token: BARE, changes, dagRolesStay: [], isDryRun: true, deploymentNames})
    expect(document.deployment_id).to.equal(undefined)
    expectJson(document.deployments, [
      {deployment_id: 'd1', deployment_name: 'one', previous_role: 'old', action: 'removed'},
      {deployment_id: 'd2', previous_role: 'old', action: 'removed'},
    ])
  })

  it('of an error has the documented keys and no other, and redacts every text', () => {
    const token = jwt({sub: 'x'})
    const text = '[redacted]'
    const details = {
      hint: token,
      status: 400,
      requestId: token,
      fieldErrors: [{code: token, field: token, message: token, more: 'secret'}],
      candidates: [{id: 'a', name: 'A', more: 'secret'}, {name: 'B'}],
      options: {more: 'secret'},
    }
    const error = Object.assign(new AstroError('ambiguous', token, details), {cause: new Error('secret')})
    expectJson(errorJson(error, redact).error, {
      kind: 'ambiguous',
      message: text,
      exit: 2,
      hint: text,
      status: 400,
      request_id: text,
      field_errors: [{code: text, field: text, message: text}],
      candidates: [{id: 'a', name: 'A'}, {name: 'B'}],
    })
    expectJson(errorJson(new AstroError('api', 'No.'), redact), {error: {kind: 'api', message: 'No.', exit: 1}})
  })
})
