import {expect} from 'chai'

import {deploymentLabel, writeResult} from '../../../src/lib/output/messages.js'
import {type NamedResult} from '../../../src/lib/output/result-json.js'

const token = {id: 'cltok1', name: 'etl', scope: 'ORGANIZATION', createdAt: '2026-01-02T03:04:05Z'}

/** The lines that are written about these changes. */
async function written(result: Partial<NamedResult>, isTTY = false): Promise<string[]> {
  const texts: string[] = []
  const output = {isTTY, write: (text: string) => texts.push(text)}
  await writeResult({token, changes: [], dagRolesStay: [], isDryRun: false, ...result}, output)
  return texts
    .join('')
    .split('\n')
    .map((line) => line.trimEnd())
    .slice(0, -1)
}

describe('the messages', () => {
  describe('writeResult', () => {
    it('says what changed on each Deployment, in a line each and in their order', async () => {
      const messages = await written({
        changes: [
          {deploymentId: 'd2', action: 'added', role: 'DEPLOYMENT_ADMIN'},
          {deploymentId: 'd1', action: 'removed', previousRole: 'Deploy Reader'},
          {deploymentId: 'd3', action: 'unchanged', role: 'DEPLOYMENT_ADMIN', previousRole: 'DEPLOYMENT_ADMIN'},
        ],
      })
      expect(messages).to.deep.equal([
        'Added etl (cltok1) to Deployment d2 as DEPLOYMENT_ADMIN.',
        'Removed etl (cltok1) from Deployment d1, where its role was Deploy Reader.',
        'etl (cltok1) already has DEPLOYMENT_ADMIN on Deployment d3. Nothing changed.',
      ])
    })

    it('shows both roles if a role changes', async () => {
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

    it('names the Deployments whose names are known', async () => {
      const messages = await written({
        changes: [
          {deploymentId: 'd1', action: 'added', role: 'r'},
          {deploymentId: 'd2', action: 'removed', previousRole: 'r'},
          {deploymentId: 'd3', action: 'added', role: 'r'},
        ],
        deploymentNames: new Map([
          ['d1', 'reports'],
          ['d2', 'etl\u202E'],
          ['d3', ''],
        ]),
      })
      expect(messages).to.deep.equal([
        'Added etl (cltok1) to Deployment reports (d1) as r.',
        'Removed etl (cltok1) from Deployment etl\uFFFD (d2), where its role was r.',
        'Added etl (cltok1) to Deployment d3 as r.',
      ])
    })

    it('makes names and roles safe to show', async () => {
      const change = {deploymentId: 'd1', action: 'updated', previousRole: 'a\u001B[31mb', role: 'c\nd'} as const
      const evil = {...token, name: 'etl\u202Egnp'}
      expect(await written({token: evil, changes: [change]})).to.deep.equal([
        'Updated etl\uFFFDgnp (cltok1) on Deployment d1: ab → c d.',
      ])
    })

    it('says what a dry run would do', async () => {
      const changes = [
        {deploymentId: 'd1', action: 'added', role: 'r'},
        {deploymentId: 'd2', action: 'removed', previousRole: 'r'},
        {deploymentId: 'd3', action: 'updated', previousRole: 'q', role: 'r'},
        {deploymentId: 'd4', action: 'unchanged', role: 'r', previousRole: 'r'},
      ] as const
      expect(await written({changes, isDryRun: true})).to.deep.equal([
        'Would add etl (cltok1) to Deployment d1 as r.',
        'Would remove etl (cltok1) from Deployment d2, where its role is r.',
        'Would update etl (cltok1) on Deployment d3: q → r.',
        'etl (cltok1) already has r on Deployment d4. Nothing would change.',
      ])
    })

    describe('on a terminal', () => {
      const changes = [
        {deploymentId: 'd1', action: 'updated', previousRole: 'a\u001B[31mb', role: 'r'},
        {deploymentId: 'd2', action: 'removed', previousRole: 'q'},
      ] as const

      it('writes a line for one Deployment', async () => {
        expect(await written({changes: changes.slice(0, 1)}, true)).to.deep.equal([
          'Updated etl (cltok1) on Deployment d1: ab → r.',
        ])
      })

      it('writes a table for several', async () => {
        expect(await written({changes}, true)).to.deep.equal([
          'Token: etl (cltok1)',
          'Changed its role on 2 Deployments:',
          '  DEPLOYMENT_ID   ACTION    ROLE',
          ' ──────────────────────────────────────',
          '  d1              updated   ab → r',
          '  d2              removed   q → (none)',
        ])
      })

      it('writes the plan for several in a dry run', async () => {
        expect(await written({changes, isDryRun: true}, true)).to.deep.equal([
          'Token: etl (cltok1)',
          'Would change its role on 2 Deployments:',
          '  DEPLOYMENT_ID   ACTION         ROLE',
          ' ───────────────────────────────────────────',
          '  d1              would update   ab → r',
          '  d2              would remove   q → (none)',
        ])
      })
    })
  })

  describe('deploymentLabel', () => {
    it('is the name and the ID, or the ID if the name is not known', () => {
      const names = new Map([['d1', 'reports\n']])
      expect(deploymentLabel('d1', names)).to.equal('reports  (d1)')
      expect(deploymentLabel('d2', names)).to.equal('d2')
      expect(deploymentLabel('d2')).to.equal('d2')
    })
  })
})
