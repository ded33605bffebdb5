import {expect} from 'chai'

import {deploymentLabel, writeResult} from '../../../src/lib/output/messages.js'
import {confirmationQuestion, writePlan} from '../../../src/lib/output/plan.js'
import {type NamedResult} from '../../../src/lib/output/result-json.js'
import {BARE, HOSTILE, linesOf, SAFE, type Screen, writtenBy} from './fixtures.js'
import * as table from './messages-table.js'

const {added, D1, D2, D3, removed, unchanged, updated} = table
const token = {...BARE, id: 'cltok1', name: 'deploy-bot'}
const deploymentNames = new Map([
  [D1, 'reports'],
  [D2, 'billing-in-production'],
])
const HOSTILE_RESULT = {
  token: {...token, name: HOSTILE, id: HOSTILE},
  changes: [{deploymentId: HOSTILE, action: 'updated', previousRole: HOSTILE, role: HOSTILE}] as const,
  deploymentNames: new Map([[HOSTILE, HOSTILE]]),
}

const writer = (write: typeof writeResult) => async (result: Partial<NamedResult>, screen?: Screen) => {
  const whole = {token, changes: [], dagRolesStay: [], isDryRun: false, ...result}
  return linesOf(await writtenBy(async (output) => write(whole, output), screen))
}

const [resultOf, planOf] = [writer(writeResult), writer(writePlan)]

describe('the result of a change', () => {
  for (const [change, done, planned] of table.SENTENCES) {
    it(`is a sentence about a role that is ${change.action}`, async () => {
      // An empty name counts as unknown.
      const result = {changes: [change], deploymentNames: new Map([...deploymentNames, [D3, '']])}
      expect(await resultOf(result, {isTTY: true})).to.deep.equal([done, ''])
      expect(await resultOf({...result, isDryRun: true})).to.deep.equal([planned, ''])
    })
  }

  it('is several sentences in a pipe, and the plan on a terminal', async () => {
    const result = {changes: table.SENTENCES.map(([change]) => change), deploymentNames}
    const sentences = table.SENTENCES.map(([, done]) => done)
    expect(await resultOf(result)).to.deep.equal([...sentences, ''])
    expect(await resultOf(result, {isTTY: true})).to.deep.equal(await planOf(result))
  })

  it('makes names and roles safe to show', async () => {
    const sentence = `Updated ${SAFE} (${SAFE}) on Deployment ${SAFE} (${SAFE}): ${SAFE} → ${SAFE}.`
    expect(await resultOf(HOSTILE_RESULT)).to.deep.equal([sentence, ''])
    expect(deploymentLabel(HOSTILE)).to.equal(SAFE)
  })

  describe('as a plan', () => {
    it('has a row for each Deployment, with its name, its ID, the action and both roles', async () => {
      const changes = [added, updated, unchanged]
      expect(await planOf({changes, deploymentNames, isDryRun: true})).to.deep.equal(table.PLAN)
    })

    it('omits the column of names if none is known', async () => {
      const result = {changes: [removed, unchanged], deploymentNames: new Map([[D1, '']])}
      expect(await planOf(result)).to.deep.equal(table.PLAN_WITHOUT_NAMES)
    })

    it('truncates names on a narrow terminal, then becomes blocks, and truncates no ID or role', async () => {
      const result = {changes: [removed, updated], deploymentNames, isDryRun: true}
      const lines = await planOf(result, {columns: 82})
      expect(lines[5]).to.equal(` billing-in-produ…  ${D2}  would update  Deploy Reader → ADMIN`)
      expect(await planOf(result, {columns: 60})).to.deep.equal(table.NARROW_PLAN)
    })

    it('counts what changed, and what would', async () => {
      for (const [changes, done, planned] of table.SUMMARIES) {
        const lines = [await planOf({changes}), await planOf({changes, isDryRun: true})]
        expect(lines.map(([, summary]) => summary)).to.deep.equal([done, planned])
      }
    })

    it('truncates the name of the token, not its ID', async () => {
      const long = {token: {...token, name: 'deploy-bot-of-production'}}
      const lines = [await planOf(long, {columns: 30}), await planOf(long, {columns: 5})]
      expect(lines.map(([first]) => first)).to.deep.equal(['Token: deploy-bot-of… (cltok1)', 'Token: … (cltok1)'])
    })
  })

  describe('has a question that', () => {
    for (const [question, changes] of table.QUESTIONS) {
      it(`is ${question ?? 'absent if nothing would change'}`, () => {
        expect(confirmationQuestion({token, changes})).to.equal(question)
      })
    }

    it('makes names and roles safe to show', () => {
      expect(confirmationQuestion(HOSTILE_RESULT)).to.equal(`Give ${SAFE} ${SAFE} on 1 Deployment?`)
    })
  })
})
