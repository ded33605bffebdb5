import {expect} from 'chai'

import {LIST_FIELDS} from '../../../src/lib/output/fields.js'
import {
  confirmationQuestion,
  expiredTokensLine,
  hiddenColumnsLine,
  type Tense,
  writePlan,
  writeResult,
} from '../../../src/lib/output/messages.js'
import {type NamedResult} from '../../../src/lib/output/result-json.js'
import {readRowFormat, type RowFlags} from '../../../src/lib/output/rows.js'
import {type RoleChange} from '../../../src/lib/roles/arithmetic.js'
import {BARE, HOSTILE, linesOf, NOW, SAFE, type Screen, writtenBy} from './fixtures.js'

const added: RoleChange = {deploymentId: 'cl1', action: 'added', role: 'ADMIN'}
const updated: RoleChange = {deploymentId: 'cl2', action: 'updated', previousRole: 'Deploy Reader', role: 'ADMIN'}
const unchanged: RoleChange = {deploymentId: 'cl3', action: 'unchanged', previousRole: 'ADMIN', role: 'ADMIN'}
const removed: RoleChange = {deploymentId: 'cl1', action: 'removed', previousRole: 'ADMIN'}

const token = {...BARE, id: 'cltok1', name: 'bot'}
/** An empty name counts as unknown. */
const deploymentNames = new Map(Object.entries({cl1: 'reports', cl2: 'billing-in-production', cl3: ''}))
const HOSTILE_RESULT = {
  token: {...token, name: HOSTILE, id: HOSTILE},
  changes: [{deploymentId: HOSTILE, action: 'updated', previousRole: HOSTILE, role: HOSTILE}] as const,
  deploymentNames: new Map([[HOSTILE, HOSTILE]]),
}

const whole = (result: Partial<NamedResult>) => ({
  token,
  changes: [],
  dagRolesStay: [],
  isDryRun: false,
  deploymentNames,
  ...result,
})
const resultOf = async (result: Partial<NamedResult>, screen?: Screen) =>
  linesOf(await writtenBy(async (output) => writeResult(whole(result), output), screen))
const planOf = async (result: Partial<NamedResult>, tense: Tense = 'will', screen?: Screen) =>
  linesOf(await writtenBy(async (output) => writePlan(whole(result), output, tense), screen))

const [EXPIRED, EXPIRES_NOW, VALID] = ['2026-03-08T12:00:00Z', '2026-03-10T12:00:00Z', '2026-03-10T12:00:00.001Z']

/** The line for a list of tokens with these expiries, each token in two rows. */
const lineFor = async (expiries: readonly (string | undefined)[], flags: RowFlags = {}, hidden: string[] = []) => {
  const items = expiries.map((endAt, at) => ({token: {...BARE, id: `id${at}`, name: `bot\u202E`, endAt}}))
  return expiredTokensLine([...items, ...items], await readRowFormat(LIST_FIELDS, flags), {hidden, now: NOW})
}

describe('messages', () => {
  describe('the result of a change', () => {
    for (const {change, done, planned} of [
      {
        change: added,
        done: 'Added bot (cltok1) to Deployment reports (cl1) as ADMIN.',
        planned: 'Would add bot (cltok1) to Deployment reports (cl1) as ADMIN.',
      },
      {
        change: removed,
        done: 'Removed bot (cltok1) from Deployment reports (cl1), where its role was ADMIN.',
        planned: 'Would remove bot (cltok1) from Deployment reports (cl1), where its role is ADMIN.',
      },
      {
        change: updated,
        done: 'Updated bot (cltok1) on Deployment billing-in-production (cl2): Deploy Reader → ADMIN.',
        planned: 'Would update bot (cltok1) on Deployment billing-in-production (cl2): Deploy Reader → ADMIN.',
      },
      {
        change: unchanged,
        done: 'bot (cltok1) already has ADMIN on Deployment cl3. Nothing changed.',
        planned: 'bot (cltok1) already has ADMIN on Deployment cl3. Nothing would change.',
      },
    ]) {
      it(`is a sentence about a role that is ${change.action}`, async () => {
        expect(await resultOf({changes: [change]}, {isTTY: true})).to.deep.equal([done, ''])
        expect(await resultOf({changes: [change], isDryRun: true})).to.deep.equal([planned, ''])
      })
    }

    it('is several sentences in a pipe, and a table on a terminal', async () => {
      const changes = [added, updated]
      expect(await resultOf({changes})).to.have.length(3)
      expect(await resultOf({changes}, {isTTY: true})).to.deep.equal(await planOf({changes}, 'done'))
      const dryRun = await resultOf({changes, isDryRun: true}, {isTTY: true})
      expect(dryRun).to.deep.equal(await planOf({changes}, 'would'))
    })

    it('has safe texts', async () => {
      const sentence = `Updated ${SAFE} (${SAFE}) on Deployment ${SAFE} (${SAFE}): ${SAFE} → ${SAFE}.`
      expect(await resultOf(HOSTILE_RESULT)).to.deep.equal([sentence, ''])
    })
  })

  describe('a plan', () => {
    it('has a row for each Deployment, with its name, its ID and both roles, and the totals at the end', async () => {
      expect(await planOf({changes: [added, updated, unchanged]})).to.deep.equal([
        'Token: bot (cltok1)',
        'Will change its role to ADMIN on 2 Deployments:',
        ' DEPLOYMENT_NAME        DEPLOYMENT_ID  ROLE',
        ` ${'─'.repeat(59)}`,
        ' reports                cl1            (none) → ADMIN',
        ' billing-in-production  cl2            Deploy Reader → ADMIN',
        '                        cl3            ADMIN (unchanged)',
        'Add 1, replace 1, leave 1 unchanged',
        '',
      ])
    })

    it('omits the column of names if none is known', async () => {
      const lines = await planOf({changes: [removed], deploymentNames: new Map([['cl1', '']])}, 'done')
      expect(lines.slice(2, 5)).to.deep.equal([
        ' DEPLOYMENT_ID  ROLE',
        ` ${'─'.repeat(29)}`,
        ' cl1            ADMIN → (none)',
      ])
    })

    for (const {changes, tense, texts} of [
      {tense: 'done', changes: [unchanged], texts: ['Nothing changed on 1 Deployment:', 'Left 1 unchanged']},
      {
        tense: 'would',
        changes: [unchanged, unchanged],
        texts: ['Nothing would change on 2 Deployments:', 'Would leave 2 unchanged'],
      },
      {tense: 'will', changes: [removed], texts: ['Will remove its role on 1 Deployment:', 'Remove 1']},
      {tense: 'done', changes: [removed], texts: ['Removed its role on 1 Deployment:', 'Removed 1']},
      {
        tense: 'done',
        changes: [updated, added, updated],
        texts: ['Changed its role to ADMIN on 3 Deployments:', 'Added 1, replaced 2'],
      },
    ] as const) {
      it(`counts: ${texts[1]}`, async () => {
        const lines = await planOf({changes}, tense)
        expect([lines[1], lines.at(-2)]).to.deep.equal(texts)
      })
    }

    it('truncates the name of the token, not its ID', async () => {
      const result = {token: {...token, name: 'bot-of-production'}, changes: [added]}
      for (const [columns, line] of [
        [30, 'Token: bot-of-produc… (cltok1)'],
        [5, 'Token: … (cltok1)'],
        [0, 'Token: bot-of-production (cltok1)'],
      ] as const) {
        expect((await planOf(result, 'will', {columns}))[0]).to.equal(line)
      }
    })
  })

  describe('the question before a change', () => {
    for (const {changes, question} of [
      {changes: [unchanged, added, updated], question: 'Give bot the role ADMIN on 2 Deployments?'},
      {changes: [unchanged, added], question: 'Give bot the role ADMIN on reports?'},
      {changes: [{...added, deploymentId: 'cl3'}], question: 'Give bot the role ADMIN on cl3?'},
      {changes: [removed, removed, removed], question: "Remove bot's role on 3 Deployments?"},
      {changes: [removed], question: "Remove bot's role ADMIN on reports?"},
      {changes: [unchanged], question: undefined},
    ]) {
      it(`is ${question ?? 'absent if nothing would change'}`, () => {
        expect(confirmationQuestion({token, changes, deploymentNames})).to.equal(question)
      })
    }

    it('has safe texts', () => {
      expect(confirmationQuestion(HOSTILE_RESULT)).to.equal(`Give ${SAFE} the role ${SAFE} on ${SAFE}?`)
    })
  })

  it('about hidden columns name them and how to see them, and are absent without any', () => {
    expect(hiddenColumnsLine([])).to.equal(undefined)
    expect(hiddenColumnsLine(['SCOPE', 'CREATED BY'])).to.equal(
      'Hidden to fit the terminal: SCOPE, CREATED BY. Select columns with --columns, or widen the terminal.',
    )
  })

  describe('about expired tokens', () => {
    const several = '2 tokens have expired: bot\uFFFD (id0), bot\uFFFD (id1).'
    for (const {expiries, line, title} of [
      {title: 'name one, and when', expiries: [VALID, EXPIRED], line: 'The token bot\uFFFD (id1) expired 2 days ago.'},
      {title: 'name several', expiries: [EXPIRED, EXPIRES_NOW], line: several},
      {title: 'are absent if there is none', expiries: [undefined, VALID, 'soon'], line: undefined},
    ]) {
      it(title, async () => {
        expect(await lineFor(expiries)).to.equal(line)
      })
    }

    it('name up to five, and how to see the others', async () => {
      const names = [0, 1, 2, 3, 4].map((at) => `bot\uFFFD (id${at})`).join(', ')
      const expired = Array.from({length: 7}, () => EXPIRED)
      expect(await lineFor(expired.slice(2))).to.equal(`5 tokens have expired: ${names}.`)
      const more = 'and 2 more. See all: --columns id,name,expires --sort expires'
      expect(await lineFor(expired)).to.equal(`7 tokens have expired: ${names} ${more}`)
    })

    it('are absent for CSV, and if the rows show when tokens expire', async () => {
      expect(await lineFor([EXPIRED], {csv: true})).to.equal(undefined)
      expect(await lineFor([EXPIRED], {columns: 'name,expires'})).to.equal(undefined)
      expect(await lineFor([EXPIRED], {columns: 'name,expires'}, ['EXPIRES'])).to.be.a('string')
      expect(await lineFor([EXPIRED], {columns: 'name'}, ['NAME'])).to.be.a('string')
    })
  })
})
