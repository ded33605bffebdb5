import {expect} from 'chai'

import {EXPIRES, type Field} from '../../../src/lib/output/fields.js'
import {
  confirmationQuestion,
  expiredTokensLine,
  hiddenColumnsLine,
  type Tense,
  writePlan,
  writeResult,
} from '../../../src/lib/output/messages.js'
import {type NamedResult} from '../../../src/lib/output/result-json.js'
import {type RoleChange} from '../../../src/lib/roles/arithmetic.js'
import {BARE, HOSTILE, linesOf, NOW, SAFE, type Screen, writtenBy} from './fixtures.js'

const added: RoleChange = {deploymentId: 'cl1', action: 'added', role: 'ADMIN'}
const updated: RoleChange = {deploymentId: 'cl2', action: 'updated', previousRole: 'Deploy Reader', role: 'ADMIN'}
const unchanged: RoleChange = {deploymentId: 'cl3', action: 'unchanged', previousRole: 'ADMIN', role: 'ADMIN'}
const removed: RoleChange = {deploymentId: 'cl1', action: 'removed', previousRole: 'ADMIN'}

const RESULT: NamedResult = {
  token: {...BARE, id: 'cltok1', name: 'bot'},
  changes: [added, removed, updated, unchanged],
  dagRolesStay: [],
  isDryRun: false,
  // An empty name counts as unknown.
  deploymentNames: new Map(Object.entries({cl1: 'reports', cl2: 'billing-in-production', cl3: ''})),
}

const resultOf = async (result: Partial<NamedResult>, screen?: Screen) =>
  linesOf(await writtenBy(async (output) => writeResult({...RESULT, ...result}, output), screen))
const planOf = async (result: Partial<NamedResult>, tense: Tense = 'will', screen?: Screen) =>
  linesOf(await writtenBy(async (output) => writePlan({...RESULT, ...result}, output, tense), screen))
const questionFor = (...changes: RoleChange[]) => confirmationQuestion({...RESULT, changes})

/** The line for a list of so many expired tokens, each in two rows. */
function expiredLine(count: number, columns: readonly Field[] = [], hidden: readonly string[] = []) {
  const expired = {...BARE, name: 'bot\u202E', endAt: '2026-03-08T12:00:00Z'}
  const items = Array.from({length: count}, (_, at) => ({token: {...expired, id: `id${at}`}}))
  return expiredTokensLine([...items, ...items, {token: BARE}], {columns, isCsv: false}, {hidden, now: NOW})
}

describe('messages', () => {
  it('about a plan omit the IDs on a narrow terminal, if all names are known, and never truncate a role', async () => {
    const id = 'clx9mpzom75wbbr4qmw2wxfog'
    const linesWith = async (...names: [string, string][]) => {
      const deploymentNames = new Map([['cl1', 'reports'], ...names])
      return planOf({changes: [{...updated, deploymentId: id}, added], deploymentNames}, 'will', {columns: 60})
    }

    expect((await linesWith([id, 'billing-in-production'])).slice(2, 6)).to.deep.equal([
      ' DEPLOYMENT_NAME        ROLE',
      ` ${'─'.repeat(44)}`,
      ' billing-in-production  Deploy Reader → ADMIN',
      ' reports                (none) → ADMIN',
    ])
    expect((await linesWith()).join('\n'))
      .to.contain(id)
      .and.to.contain('Deploy Reader → ADMIN')
  })

  it('about changes are a sentence for each Deployment, with its name if that is known', async () => {
    expect(await resultOf({})).to.deep.equal([
      'Added bot (cltok1) to Deployment reports (cl1) as ADMIN.',
      'Removed bot (cltok1) from Deployment reports (cl1), where its role was ADMIN.',
      'Updated bot (cltok1) on Deployment billing-in-production (cl2): Deploy Reader → ADMIN.',
      'bot (cltok1) already has ADMIN on Deployment cl3. Nothing changed.',
      '',
    ])
    expect(await resultOf({isDryRun: true})).to.deep.equal([
      'Would add bot (cltok1) to Deployment reports (cl1) as ADMIN.',
      'Would remove bot (cltok1) from Deployment reports (cl1), where its role is ADMIN.',
      'Would update bot (cltok1) on Deployment billing-in-production (cl2): Deploy Reader → ADMIN.',
      'bot (cltok1) already has ADMIN on Deployment cl3. Nothing would change.',
      '',
    ])
  })

  it('about several changes are a plan on a terminal', async () => {
    const screen = {isTTY: true}
    expect(await resultOf({}, screen)).to.deep.equal(await planOf({}, 'done'))
    expect(await resultOf({isDryRun: true}, screen)).to.deep.equal(await planOf({}, 'would'))
    expect(await resultOf({changes: [added]}, screen)).to.deep.equal(await resultOf({changes: [added]}))
  })

  it('in a plan are the token, the roles on each Deployment, with known names, and the totals', async () => {
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
    const lines = await planOf({changes: [removed], deploymentNames: undefined})
    expect([lines[2], lines[4]]).to.deep.equal([' DEPLOYMENT_ID  ROLE', ' cl1            ADMIN → (none)'])
  })

  it('in a plan say what changes, changed or would change, and how often', async () => {
    for (const [tense, changes, summary, totals] of [
      ['done', [unchanged], 'Nothing changed on 1 Deployment:', 'Left 1 unchanged'],
      ['would', [unchanged, unchanged], 'Nothing would change on 2 Deployments:', 'Would leave 2 unchanged'],
      ['will', [removed], 'Will remove its role on 1 Deployment:', 'Remove 1'],
      ['done', [removed], 'Removed its role on 1 Deployment:', 'Removed 1'],
      ['done', [updated, added, updated], 'Changed its role to ADMIN on 3 Deployments:', 'Added 1, replaced 2'],
    ] as const) {
      const lines = await planOf({changes}, tense)
      expect([lines[1], lines.at(-2)]).to.deep.equal([summary, totals])
    }
  })

  it('in a plan truncate the name of the token, not its ID', async () => {
    const token = {...RESULT.token, name: 'bot-of-production'}
    const firstLineAt = async (columns: number) => (await planOf({token}, 'will', {columns}))[0]
    expect(await firstLineAt(30)).to.equal('Token: bot-of-produc… (cltok1)')
    expect(await firstLineAt(5)).to.equal('Token: … (cltok1)')
    expect(await firstLineAt(0)).to.equal('Token: bot-of-production (cltok1)')
  })

  it('ask before a change, unless nothing would change', () => {
    expect(questionFor(unchanged, added, updated)).to.equal('Give bot the role ADMIN on 2 Deployments?')
    expect(questionFor({...added, deploymentId: 'cl3'})).to.equal('Give bot the role ADMIN on cl3?')
    expect(questionFor(removed, removed, removed)).to.equal("Remove bot's role on 3 Deployments?")
    expect(questionFor(removed)).to.equal("Remove bot's role ADMIN on reports?")
    expect(questionFor(unchanged)).to.equal(undefined)
  })

  it('have safe texts', async () => {
    const result = {
      token: {...BARE, id: HOSTILE, name: HOSTILE},
      changes: [{deploymentId: HOSTILE, action: 'updated', previousRole: HOSTILE, role: HOSTILE}],
      deploymentNames: new Map([[HOSTILE, HOSTILE]]),
    } satisfies Partial<NamedResult>
    const sentence = `Updated ${SAFE} (${SAFE}) on Deployment ${SAFE} (${SAFE}): ${SAFE} → ${SAFE}.`
    expect(await resultOf(result)).to.deep.equal([sentence, ''])
    expect((await planOf(result))[4]).to.match(new RegExp(`^ ${SAFE} +${SAFE} +${SAFE} → ${SAFE}$`))
    expect(confirmationQuestion(result)).to.equal(`Give ${SAFE} the role ${SAFE} on ${SAFE}?`)
  })

  it('about hidden columns name them and how to see them', () => {
    const line = 'Hidden to fit the terminal: SCOPE, CREATED BY. Select columns with --columns, or widen the terminal.'
    expect([hiddenColumnsLine(['SCOPE', 'CREATED BY']), hiddenColumnsLine([])]).to.deep.equal([line, undefined])
  })

  it('about expired tokens name up to five, unless the rows show when they expire', () => {
    const five = [0, 1, 2, 3, 4].map((at) => `bot\uFFFD (id${at})`).join(', ')
    const more = 'and 2 more. See all: --columns id,name,expires --sort expires'
    expect(expiredLine(0)).to.equal(undefined)
    expect(expiredLine(1)).to.equal('The token bot\uFFFD (id0) expired 2 days ago.')
    expect(expiredLine(5)).to.equal(`5 tokens have expired: ${five}.`)
    expect(expiredLine(7)).to.equal(`7 tokens have expired: ${five} ${more}`)
    expect(expiredLine(1, [EXPIRES])).to.equal(undefined)
    expect(expiredLine(1, [EXPIRES], ['EXPIRES'])).to.be.a('string')
  })
})
