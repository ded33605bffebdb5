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

const [D1, D2, D3] = ['clz27bn7xj8b7tfq7xkwo886v', 'clx9mpzom75wbbr4qmw2wxfog', 'clm8xq0b1000008l4d2g7h3kz']
const added: RoleChange = {deploymentId: D1, action: 'added', role: 'ADMIN'}
const updated: RoleChange = {deploymentId: D2, action: 'updated', previousRole: 'Deploy Reader', role: 'ADMIN'}
const unchanged: RoleChange = {deploymentId: D3, action: 'unchanged', previousRole: 'ADMIN', role: 'ADMIN'}
const removed: RoleChange = {deploymentId: D1, action: 'removed', previousRole: 'ADMIN'}

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

const whole = (result: Partial<NamedResult>) => ({token, changes: [], dagRolesStay: [], isDryRun: false, ...result})
const resultOf = async (result: Partial<NamedResult>, screen?: Screen) =>
  linesOf(await writtenBy(async (output) => writeResult(whole(result), output), screen))
const planOf = async (result: Partial<NamedResult>, tense: Tense = 'will', screen?: Screen) =>
  linesOf(await writtenBy(async (output) => writePlan(whole(result), output, tense), screen))

const [EXPIRED, EXPIRES_NOW, VALID] = ['2026-03-08T12:00:00Z', '2026-03-10T12:00:00Z', '2026-03-10T12:00:00.001Z']

/** The line for a list of tokens with these expiries, each token in two rows. */
const lineFor = async (expiries: readonly (string | undefined)[], flags: RowFlags = {}, hidden: string[] = []) => {
  const items = expiries.map((endAt, at) => ({token: {...BARE, id: `id${at}`, name: `bot\u202E`, endAt}, role: 'r'}))
  return expiredTokensLine([...items, ...items], await readRowFormat(LIST_FIELDS, flags), {hidden, now: NOW})
}

describe('messages', () => {
  describe('the result of a change', () => {
    for (const {change, done, planned} of [
      {
        change: added,
        done: `Added deploy-bot (cltok1) to Deployment reports (${D1}) as ADMIN.`,
        planned: `Would add deploy-bot (cltok1) to Deployment reports (${D1}) as ADMIN.`,
      },
      {
        change: removed,
        done: `Removed deploy-bot (cltok1) from Deployment reports (${D1}), where its role was ADMIN.`,
        planned: `Would remove deploy-bot (cltok1) from Deployment reports (${D1}), where its role is ADMIN.`,
      },
      {
        change: updated,
        done: `Updated deploy-bot (cltok1) on Deployment billing-in-production (${D2}): Deploy Reader → ADMIN.`,
        planned: `Would update deploy-bot (cltok1) on Deployment billing-in-production (${D2}): Deploy Reader → ADMIN.`,
      },
      {
        change: unchanged,
        done: `deploy-bot (cltok1) already has ADMIN on Deployment ${D3}. Nothing changed.`,
        planned: `deploy-bot (cltok1) already has ADMIN on Deployment ${D3}. Nothing would change.`,
      },
    ]) {
      it(`is a sentence about a role that is ${change.action}`, async () => {
        // An empty name counts as unknown.
        const result = {changes: [change], deploymentNames: new Map([...deploymentNames, [D3, '']])}
        expect(await resultOf(result, {isTTY: true})).to.deep.equal([done, ''])
        expect(await resultOf({...result, isDryRun: true})).to.deep.equal([planned, ''])
      })
    }

    it('is several sentences in a pipe, and a table on a terminal', async () => {
      const result = {changes: [added, updated], deploymentNames}
      expect(await resultOf(result)).to.have.length(3)
      expect(await resultOf(result, {isTTY: true})).to.deep.equal(await planOf(result, 'done'))
      const dryRun = {...result, isDryRun: true}
      expect(await resultOf(dryRun, {isTTY: true})).to.deep.equal(await planOf(result, 'would'))
    })

    it('makes names and roles safe to show', async () => {
      const sentence = `Updated ${SAFE} (${SAFE}) on Deployment ${SAFE} (${SAFE}): ${SAFE} → ${SAFE}.`
      expect(await resultOf(HOSTILE_RESULT)).to.deep.equal([sentence, ''])
    })
  })

  describe('a plan', () => {
    it('has a row for each Deployment, with its name, its ID and both roles, and the totals at the end', async () => {
      expect(await planOf({changes: [added, updated, unchanged], deploymentNames})).to.deep.equal([
        'Token: deploy-bot (cltok1)',
        'Will change its role to ADMIN on 2 Deployments:',
        ' DEPLOYMENT_NAME        DEPLOYMENT_ID              ROLE',
        ` ${'─'.repeat(71)}`,
        ` reports                ${D1}  (none) → ADMIN`,
        ` billing-in-production  ${D2}  Deploy Reader → ADMIN`,
        `                        ${D3}  ADMIN (unchanged)`,
        'Add 1, replace 1, leave 1 unchanged',
        '',
      ])
    })

    it('omits the column of names if none is known', async () => {
      const result = {changes: [removed, unchanged], deploymentNames: new Map([[D1, '']])}
      expect(await planOf(result, 'done')).to.deep.equal([
        'Token: deploy-bot (cltok1)',
        'Removed its role on 1 Deployment:',
        ' DEPLOYMENT_ID              ROLE',
        ` ${'─'.repeat(44)}`,
        ` ${D1}  ADMIN → (none)`,
        ` ${D3}  ADMIN (unchanged)`,
        'Removed 1, left 1 unchanged',
        '',
      ])
    })

    it('truncates names and roles on a terminal of 60 columns', async () => {
      const lines = await planOf({changes: [removed, updated], deploymentNames}, 'will', {columns: 60})
      expect(lines.slice(4, 6)).to.deep.equal([
        ` reports          ${D1}  ADMIN → (none)`,
        ` billing-in-pro…  ${D2}  Deploy Reader…`,
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
      {
        tense: 'done',
        changes: [updated, added, updated],
        texts: ['Changed its role to ADMIN on 3 Deployments:', 'Added 1, replaced 2'],
      },
      {
        tense: 'would',
        changes: [updated],
        texts: ['Would change its role to ADMIN on 1 Deployment:', 'Would replace 1'],
      },
    ] as const) {
      it(`counts: ${texts[1]}`, async () => {
        const lines = await planOf({changes}, tense)
        expect([lines[1], lines.at(-2)]).to.deep.equal(texts)
      })
    }

    it('truncates the name of the token, not its ID', async () => {
      const result = {token: {...token, name: 'deploy-bot-of-production'}, changes: [added]}
      for (const [columns, line] of [
        [30, 'Token: deploy-bot-of… (cltok1)'],
        [5, 'Token: … (cltok1)'],
        [0, 'Token: deploy-bot-of-production (cltok1)'],
      ] as const) {
        expect((await planOf(result, 'will', {columns}))[0]).to.equal(line)
      }
    })
  })

  describe('the question before a change', () => {
    for (const {changes, question} of [
      {changes: [unchanged, added, updated], question: 'Give deploy-bot the role ADMIN on 2 Deployments?'},
      {changes: [unchanged, added], question: 'Give deploy-bot the role ADMIN on reports?'},
      {changes: [{...added, deploymentId: D3}], question: `Give deploy-bot the role ADMIN on ${D3}?`},
      {changes: [removed, removed, removed], question: "Remove deploy-bot's role on 3 Deployments?"},
      {changes: [removed], question: "Remove deploy-bot's role ADMIN on reports?"},
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

  describe('the line about hidden columns', () => {
    it('names them and how to see them, and is absent without any', () => {
      expect(hiddenColumnsLine([])).to.equal(undefined)
      expect(hiddenColumnsLine(['SCOPE', 'CREATED BY'])).to.equal(
        'Hidden to fit the terminal: SCOPE, CREATED BY. Select columns with --columns, or widen the terminal.',
      )
    })
  })

  describe('the line about expired tokens', () => {
    for (const {expiries, line, title} of [
      {
        title: 'names the token and its expiry',
        expiries: [VALID, EXPIRED],
        line: 'The token bot\uFFFD (id1) expired 2 days ago.',
      },
      {
        title: 'names several',
        expiries: [EXPIRED, EXPIRES_NOW],
        line: '2 tokens have expired: bot\uFFFD (id0), bot\uFFFD (id1).',
      },
      {title: 'is absent if no token has expired', expiries: [undefined, VALID, 'soon'], line: undefined},
    ]) {
      it(title, async () => {
        expect(await lineFor(expiries)).to.equal(line)
      })
    }

    it('names up to five, and shows how to see the others', async () => {
      const names = [0, 1, 2, 3, 4].map((at) => `bot\uFFFD (id${at})`).join(', ')
      const expired = Array.from({length: 7}, () => EXPIRED)
      expect(await lineFor(expired.slice(2))).to.equal(`5 tokens have expired: ${names}.`)
      const more = 'and 2 more. See all: --columns id,name,expires --sort expires'
      expect(await lineFor(expired)).to.equal(`7 tokens have expired: ${names} ${more}`)
    })

    it('is absent for CSV, and if the rows show when tokens expire', async () => {
      expect(await lineFor([EXPIRED], {csv: true})).to.equal(undefined)
      expect(await lineFor([EXPIRED], {columns: 'name,expires'})).to.equal(undefined)
      expect(await lineFor([EXPIRED], {columns: 'name,expires'}, ['EXPIRES'])).to.be.a('string')
      expect(await lineFor([EXPIRED], {columns: 'name'}, ['NAME'])).to.be.a('string')
    })
  })
})
