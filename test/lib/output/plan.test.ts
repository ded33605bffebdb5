import {expect} from 'chai'

import {confirmationQuestion, writePlan} from '../../../src/lib/output/plan.js'
import {type NamedResult} from '../../../src/lib/output/result-json.js'

const token = {id: 'cltok1', name: 'deploy-bot', scope: 'ORGANIZATION', createdAt: '2026-01-02T03:04:05Z'}
const [D1, D2, D3] = ['clz27bn7xj8b7tfq7xkwo886v', 'clx9mpzom75wbbr4qmw2wxfog', 'clm8xq0b1000008l4d2g7h3kz']
const added = {deploymentId: D1, action: 'added', role: 'DEPLOYMENT_ADMIN'} as const
const updated = {
  deploymentId: D2,
  action: 'updated',
  previousRole: 'Deploy Reader',
  role: 'DEPLOYMENT_ADMIN',
} as const
const unchanged = {
  deploymentId: D3,
  action: 'unchanged',
  previousRole: 'DEPLOYMENT_ADMIN',
  role: 'DEPLOYMENT_ADMIN',
} as const
const removed = {deploymentId: D1, action: 'removed', previousRole: 'DEPLOYMENT_ADMIN'} as const
const NAMES = new Map([
  [D1, 'reports'],
  [D2, 'billing-in-production'],
])

/** The lines of the plan, without the spaces at their ends. */
async function planned(
  result: Partial<NamedResult>,
  terminal: {readonly isTTY?: boolean; readonly columns?: number} = {},
): Promise<string[]> {
  const texts: string[] = []
  const output = {...terminal, write: (text: string) => texts.push(text)}
  await writePlan({token, changes: [], dagRolesStay: [], isDryRun: true, ...result}, output)
  return texts
    .join('')
    .split('\n')
    .map((line) => line.trimEnd())
}

describe('the plan', () => {
  describe('writePlan', () => {
    it('has a row for each Deployment with its name, its ID, what would be done and both roles', async () => {
      const lines = await planned({changes: [added, updated, unchanged], deploymentNames: NAMES})
      expect(lines).to.deep.equal([
        'Token: deploy-bot (cltok1)',
        'Would change its role on 2 Deployments (1 unchanged):',
        '  DEPLOYMENT_NAME         DEPLOYMENT_ID               ACTION         ROLE',
        ` ${'─'.repeat(101)}`,
        '  reports                 clz27bn7xj8b7tfq7xkwo886v   would add      (none) → DEPLOYMENT_ADMIN',
        '  billing-in-production   clx9mpzom75wbbr4qmw2wxfog   would update   Deploy Reader → DEPLOYMENT_ADMIN',
        '                          clm8xq0b1000008l4d2g7h3kz   unchanged      DEPLOYMENT_ADMIN',
        '',
      ])
    })

    it('shows that nothing is left after a removal', async () => {
      const lines = await planned({changes: [removed], deploymentNames: NAMES})
      expect(lines[1]).to.equal('Would change its role on 1 Deployment:')
      expect(lines[4]).to.match(/^ {2}reports +clz27bn7xj8b7tfq7xkwo886v +would remove +DEPLOYMENT_ADMIN → \(none\)$/)
    })

    it('has no column of names if none is known', async () => {
      const lines = await planned({changes: [removed]})
      expect(lines[2]).to.match(/^ {2}DEPLOYMENT_ID +ACTION +ROLE$/)
    })

    it('truncates names on a narrow terminal, and neither IDs nor roles', async () => {
      const result = {changes: [removed, updated], deploymentNames: NAMES}
      const lines = await planned(result, {isTTY: true, columns: 93})
      expect(lines[5]).to.equal(
        ' billing-in-produ…  clx9mpzom75wbbr4qmw2wxfog  would update  Deploy Reader → DEPLOYMENT_ADMIN',
      )
      expect(await planned(result, {isTTY: true, columns: 60})).to.deep.equal([
        'Token: deploy-bot (cltok1)',
        'Would change its role on 2 Deployments:',
        'DEPLOYMENT_NAME  reports',
        'DEPLOYMENT_ID    clz27bn7xj8b7tfq7xkwo886v',
        'ACTION           would remove',
        'ROLE             DEPLOYMENT_ADMIN → (none)',
        '',
        'DEPLOYMENT_NAME  billing-in-production',
        'DEPLOYMENT_ID    clx9mpzom75wbbr4qmw2wxfog',
        'ACTION           would update',
        'ROLE             Deploy Reader → DEPLOYMENT_ADMIN',
        '',
      ])
    })

    it('says what was done, if it was', async () => {
      const lines = await planned({changes: [added, unchanged], isDryRun: false})
      expect(lines[1]).to.equal('Changed its role on 1 Deployment (1 unchanged):')
      expect(lines[4]).to.match(/^ {2}clz27bn7xj8b7tfq7xkwo886v +added +\(none\) → DEPLOYMENT_ADMIN$/)
    })

    it('says so if nothing changes', async () => {
      const changes = [unchanged, {...unchanged, deploymentId: 'd1'}] as const
      const lines = await planned({changes})
      const real = await planned({changes, isDryRun: false})
      expect([lines[1], real[1]]).to.deep.equal([
        'Nothing would change on 2 Deployments:',
        'Nothing changed on 2 Deployments:',
      ])
      expect(lines[4]).to.match(/unchanged +DEPLOYMENT_ADMIN$/)
    })

    it('truncates the name of the token, not its ID', async () => {
      const lines = await planned({token: {...token, name: 'deploy-bot-of-production'}}, {columns: 30})
      expect(lines[0]).to.equal('Token: deploy-bot-of… (cltok1)')
    })

    it('makes names and roles safe to show', async () => {
      const lines = await planned({
        token: {...token, name: 'a\u202E'},
        changes: [{deploymentId: 'd1', action: 'added', role: 'x\ny'}],
        deploymentNames: new Map([['d1', '\u001B[31mred\t']]),
      })
      expect(lines[0]).to.contain('a\uFFFD (cltok1)')
      expect(lines[4]).to.match(/^ {2}red +d1 +would add +\(none\) → x y$/)
    })
  })

  describe('confirmationQuestion', () => {
    it('says which role the token would get, and on how many Deployments that changes something', () => {
      expect(confirmationQuestion({token, changes: [added, updated, unchanged]})).to.equal(
        'Give deploy-bot DEPLOYMENT_ADMIN on 2 Deployments?',
      )
      expect(confirmationQuestion({token, changes: [added]})).to.equal(
        'Give deploy-bot DEPLOYMENT_ADMIN on 1 Deployment?',
      )
    })

    it('says whose role would be removed', () => {
      expect(confirmationQuestion({token, changes: [removed, removed, removed]})).to.equal(
        "Remove deploy-bot's role on 3 Deployments?",
      )
      expect(confirmationQuestion({token, changes: [removed]})).to.equal("Remove deploy-bot's role on 1 Deployment?")
    })

    it('makes names and roles safe to show', () => {
      const changes = [{deploymentId: 'd1', action: 'added', role: 'x\ny'}] as const
      expect(confirmationQuestion({token: {...token, name: 'a\u202E'}, changes})).to.equal(
        'Give a\uFFFD x y on 1 Deployment?',
      )
    })
  })
})
