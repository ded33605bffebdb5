import {expect} from 'chai'

import {scopingMessages} from '../../../src/lib/output/messages.js'

const token = {id: 'cltok1', name: 'etl', scope: 'ORGANIZATION', createdAt: '2026-01-02T03:04:05Z'}

describe('scopingMessages', () => {
  it('says what became of each Deployment, in a line each and in their order', () => {
    const messages = scopingMessages({
      token,
      changes: [
        {deploymentId: 'd2', action: 'added', role: 'DEPLOYMENT_ADMIN'},
        {deploymentId: 'd1', action: 'removed', previousRole: 'Deploy Reader'},
        {deploymentId: 'd3', action: 'unchanged', role: 'DEPLOYMENT_ADMIN', previousRole: 'DEPLOYMENT_ADMIN'},
      ],
      dagRolesStay: [],
      isDryRun: false,
    })
    expect(messages).to.deep.equal([
      'Added etl (cltok1) to Deployment d2 as DEPLOYMENT_ADMIN.',
      'Removed etl (cltok1) from Deployment d1, where it was Deploy Reader.',
      'etl (cltok1) is DEPLOYMENT_ADMIN on Deployment d3 already. Nothing changed.',
    ])
  })

  it('shows both roles where a role changes', () => {
    const change = {
      deploymentId: 'd1',
      action: 'updated',
      previousRole: 'Deploy Reader',
      role: 'DEPLOYMENT_ADMIN',
    } as const
    expect(scopingMessages({token, changes: [change], dagRolesStay: [], isDryRun: false})).to.deep.equal([
      'Updated etl (cltok1) on Deployment d1: Deploy Reader → DEPLOYMENT_ADMIN.',
    ])
  })

  it('makes names and roles safe to show', () => {
    const change = {deploymentId: 'd1', action: 'updated', previousRole: 'a\u001B[31mb', role: 'c\nd'} as const
    const evil = {...token, name: 'etl\u202Egnp'}
    expect(scopingMessages({token: evil, changes: [change], dagRolesStay: [], isDryRun: false})).to.deep.equal([
      'Updated etl\uFFFDgnp (cltok1) on Deployment d1: ab → c d.',
    ])
  })

  it('says what would be in the conditional', () => {
    const changes = [
      {deploymentId: 'd1', action: 'added', role: 'r'},
      {deploymentId: 'd2', action: 'removed', previousRole: 'r'},
      {deploymentId: 'd3', action: 'updated', previousRole: 'q', role: 'r'},
      {deploymentId: 'd4', action: 'unchanged', role: 'r', previousRole: 'r'},
    ] as const
    expect(scopingMessages({token, changes, dagRolesStay: [], isDryRun: true})).to.deep.equal([
      'Would add etl (cltok1) to Deployment d1 as r.',
      'Would remove etl (cltok1) from Deployment d2, where it is r.',
      'Would update etl (cltok1) on Deployment d3: q → r.',
      'etl (cltok1) is r on Deployment d4 already. Nothing would change.',
    ])
  })
})
