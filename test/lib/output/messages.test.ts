import {expect} from 'chai'

import {writeResult} from '../../../src/lib/output/messages.js'
import {type RoleResult} from '../../../src/lib/roles/token-scoping.js'

const token = {id: 'cltok1', name: 'etl', scope: 'ORGANIZATION', createdAt: '2026-01-02T03:04:05Z'}

/** The lines that are written of these changes. */
async function written(result: Partial<RoleResult>, isTTY = false): Promise<string[]> {
  const texts: string[] = []
  const output = {isTTY, write: (text: string) => texts.push(text)}
  await writeResult({token, changes: [], dagRolesStay: [], isDryRun: false, ...result}, output)
  return texts
    .join('')
    .split('\n')
    .map((line) => line.trimEnd())
    .slice(0, -1)
}

describe('writeResult', () => {
  it('says what became of each Deployment, in a line each and in their order', async () => {
    const messages = await written({
      changes: [
        {deploymentId: 'd2', action: 'added', role: 'DEPLOYMENT_ADMIN'},
        {deploymentId: 'd1', action: 'removed', previousRole: 'Deploy Reader'},
        {deploymentId: 'd3', action: 'unchanged', role: 'DEPLOYMENT_ADMIN', previousRole: 'DEPLOYMENT_ADMIN'},
      ],
    })
    expect(messages).to.deep.equal([
      'Added etl (cltok1) to Deployment d2 as DEPLOYMENT_ADMIN.',
      'Removed etl (cltok1) from Deployment d1, where it was Deploy Reader.',
      'etl (cltok1) is DEPLOYMENT_ADMIN on Deployment d3 already. Nothing changed.',
    ])
  })

  it('shows both roles where a role changes', async () => {
    const change = {
      deploymentId: 'd1',
      action: 'updated',
      previousRole: 'Deploy Reader',
      role: 'DEPLOYMENT_ADMIN',
    } as const
    expect(await written({changes: [change]})).to.deep.equal([
      'Updated etl (cltok1) on Deployment d1: Deploy Reader → DEPLOYMENT_ADMIN.',
    ])
  })

  it('makes names and roles safe to show', async () => {
    const change = {deploymentId: 'd1', action: 'updated', previousRole: 'a\u001B[31mb', role: 'c\nd'} as const
    const evil = {...token, name: 'etl\u202Egnp'}
    expect(await written({token: evil, changes: [change]})).to.deep.equal([
      'Updated etl\uFFFDgnp (cltok1) on Deployment d1: ab → c d.',
    ])
  })

  it('says what would be in the conditional', async () => {
    const changes = [
      {deploymentId: 'd1', action: 'added', role: 'r'},
      {deploymentId: 'd2', action: 'removed', previousRole: 'r'},
      {deploymentId: 'd3', action: 'updated', previousRole: 'q', role: 'r'},
      {deploymentId: 'd4', action: 'unchanged', role: 'r', previousRole: 'r'},
    ] as const
    expect(await written({changes, isDryRun: true})).to.deep.equal([
      'Would add etl (cltok1) to Deployment d1 as r.',
      'Would remove etl (cltok1) from Deployment d2, where it is r.',
      'Would update etl (cltok1) on Deployment d3: q → r.',
      'etl (cltok1) is r on Deployment d4 already. Nothing would change.',
    ])
  })

  describe('on a terminal', () => {
    const changes = [
      {deploymentId: 'd1', action: 'updated', previousRole: 'a\u001B[31mb', role: 'r'},
      {deploymentId: 'd2', action: 'removed', previousRole: 'q'},
    ] as const

    it('is a line for one Deployment', async () => {
      expect(await written({changes: changes.slice(0, 1)}, true)).to.deep.equal([
        'Updated etl (cltok1) on Deployment d1: ab → r.',
      ])
    })

    it('is a table for several', async () => {
      expect(await written({changes}, true)).to.deep.equal([
        'Changed the roles of etl (cltok1) on 2 Deployments:',
        '  DEPLOYMENT_ID   ACTION    PREVIOUS_ROLE   ROLE',
        ' ────────────────────────────────────────────────',
        '  d1              updated   ab              r',
        '  d2              removed   q',
      ])
    })

    it('is in the conditional for a dry run', async () => {
      const [first] = await written({changes, isDryRun: true}, true)
      expect(first).to.equal('Would change the roles of etl (cltok1) on 2 Deployments:')
    })

    it('says so where nothing changes', async () => {
      const same = ['d1', 'd2'].map((deploymentId) => ({
        deploymentId,
        action: 'unchanged' as const,
        previousRole: 'r',
        role: 'r',
      }))
      const [real] = await written({changes: same}, true)
      const [dry] = await written({changes: same, isDryRun: true}, true)
      expect([real, dry]).to.deep.equal([
        'Nothing changed for etl (cltok1) on 2 Deployments:',
        'Nothing would change for etl (cltok1) on 2 Deployments:',
      ])
    })
  })
})
