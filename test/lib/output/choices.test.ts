import {expect} from 'chai'
import fc from 'fast-check'

import {type ApiToken, type Deployment} from '../../../src/lib/astro-api/responses.js'
import {
  deploymentChoices,
  filterChoices,
  roleChoices,
  roleOnDeployments,
  tokenChoices,
} from '../../../src/lib/output/choices.js'
import {greatestWidthOf} from '../../../src/lib/output/display-width.js'
import {BARE, HOSTILE, NOW, SAFE, TEXT} from './fixtures.js'

const [ETL, REPORTS, CI] = ['clz27bn7xj8b7tfq7xkwo886v', 'clx9mpzom75wbbr4qmw2wxfog', 'clm8xq0b1000008l4d2g7h3kz']

const DEPLOYMENTS: readonly Deployment[] = [
  {id: REPORTS, name: 'reports-in-production', workspaceId: 'workspace-of-finance'},
  {id: ETL, name: 'Etl', workspaceId: 'w1', workspaceName: 'Data'},
  {id: CI, name: 'bare'},
]

const on = (...deploymentIds: readonly string[]) =>
  deploymentIds.map((entityId) => ({entityType: 'DEPLOYMENT', entityId, role: 'DEPLOYMENT_ADMIN'}))
const PAST = '2026-03-08T12:00:00Z'
const EXPIRED: ApiToken = {...BARE, id: REPORTS, name: 'ancient-pipeline', endAt: PAST, roles: on(ETL)}
const BOT: ApiToken = {...BARE, id: ETL, name: 'deploy-bot-of-the-platform-team', roles: on(ETL, REPORTS)}
const EXPIRING: ApiToken = {...BARE, id: CI, name: 'CI', description: 'Deploys to all', endAt: '2026-03-22T13:00:00Z'}
const TOKENS = [EXPIRED, BOT, EXPIRING]

const roleOf = roleOnDeployments([ETL])
const textsOn = (ids?: readonly string[]) => [EXPIRED, BOT].map((token) => roleOnDeployments(ids)(token))
const namesOf = async (choices: ReturnType<typeof roleChoices>) => (await choices).map(({name}) => name)

describe('choices', () => {
  it('of Deployments are sorted and aligned, without Workspaces on a narrow terminal', async () => {
    expect(await namesOf(deploymentChoices(DEPLOYMENTS, {width: 60}))).to.deep.equal([
      `bare                             ${CI}`,
      `Etl                  Data        ${ETL}`,
      `reports-in-product…  workspace…  ${REPORTS}`,
    ])
    const role = ({id}: Deployment) => (id === ETL ? 'Deploy Reader of all' : 'DEPLOYMENT_ADMIN')
    expect(await namesOf(deploymentChoices(DEPLOYMENTS, {width: 60, roleOf: role}))).to.deep.equal([
      `bare            ADMIN            ${CI}`,
      `Etl             Deploy Reader…   ${ETL}`,
      `reports-in-pr…  ADMIN            ${REPORTS}`,
    ])
    const narrow = await namesOf(deploymentChoices(DEPLOYMENTS, {width: 20}))
    expect(narrow).to.deep.equal([CI, ETL, REPORTS].map((id) => `…  ${id}`))
  })

  it('of tokens are sorted with the expired ones last, without descriptions on a narrow terminal', async () => {
    expect(await namesOf(tokenChoices(TOKENS, {now: NOW, roleOf, width: 99}))).to.deep.equal([
      `CI                                      expires in 12 days  Deploys t…  ${CI}`,
      `deploy-bot-of-the-p…  DEPLOYMENT_ADMIN  never expires                   ${ETL}`,
      `ancient-pipeline      DEPLOYMENT_ADMIN  EXPIRED 2 days ago              ${REPORTS}`,
    ])
    expect(await namesOf(tokenChoices(TOKENS, {now: NOW, roleOf, width: 60}))).to.deep.equal([
      `CI                               ${CI}`,
      `deploy-bot-of-…  ADMIN           ${ETL}`,
      `ancient-pipeli…  ADMIN  EXPIRED  ${REPORTS}`,
    ])
    const unreadable = [{...BARE, endAt: 'soon'}]
    expect(await namesOf(tokenChoices(unreadable, {now: NOW, width: 200}))).to.deep.equal(['bare  cltok2'])
  })

  it('of roles are in the given order, and mark those that the token has', async () => {
    const current = {name: 'Deploy Reader', description: 'Reads deploys and their logs', isPresent: true}
    const roles = [current, {name: 'Log Reader of the whole platform', isPresent: false}]
    expect(await namesOf(roleChoices(roles, 60))).to.deep.equal([
      'Deploy Reader                     (current)  Reads deploy…',
      'Log Reader of the whole platform',
    ])
    expect(await namesOf(roleChoices(roles, 20))).to.deep.equal(['Deploy Reader', 'Log Reader of the…'])
  })

  it('of tokens have the role on the Deployment, or the number of Deployments if there are several', () => {
    expect(textsOn([REPORTS])).to.deep.equal(['', 'DEPLOYMENT_ADMIN'])
    expect(textsOn([REPORTS, CI])).to.deep.equal(['0 Deployments', '1 Deployment'])
    expect(textsOn()).to.deep.equal(['1 Deployment', '2 Deployments'])
  })

  it('have safe texts, and a value that is the true ID', async () => {
    const deployment = {id: HOSTILE, name: HOSTILE, workspaceName: HOSTILE}
    const short = `${SAFE} (${SAFE})`
    expect(await deploymentChoices([deployment], {width: 200})).to.deep.equal([
      {value: HOSTILE, name: `${SAFE}  ${SAFE}  ${SAFE}`, short, fullText: `${SAFE}  ${SAFE} ${SAFE}`},
    ])
    const [role] = await roleChoices([{name: HOSTILE, isPresent: false}], 200)
    expect(role).to.include({value: HOSTILE, name: SAFE, short: SAFE})
  })

  it('fit 80 columns if the terminal does not know its width, and truncate the short form too', async () => {
    for (const width of [0, undefined]) {
      const [choice] = await deploymentChoices([{id: ETL, name: 'x'.repeat(100)}], {width})
      expect(choice?.name).to.equal(`${'x'.repeat(50)}…  ${ETL}`)
      expect(choice?.short).to.equal(`${'x'.repeat(31)}… (${ETL})`)
    }
  })

  it('never wrap, whatever names, roles and descriptions hold, and keep IDs whole', async () => {
    const cases = fc.tuple(TEXT, TEXT, TEXT, fc.boolean(), fc.constantFrom(60, 72, 80, 100, 120, 200))
    await fc.assert(
      fc.asyncProperty(cases, async ([name, text, role, isExpired, width]) => {
        const roles = [{entityType: 'DEPLOYMENT', entityId: ETL, role}]
        const token = {...BOT, name, description: text, roles, endAt: isExpired ? PAST : undefined}
        const withIds = [
          ...(await tokenChoices([token, ...TOKENS], {now: NOW, roleOf, width})),
          ...(await deploymentChoices([{id: ETL, name, workspaceName: text}], {width, roleOf: () => role})),
        ]
        const marked = await roleChoices([{name, description: text, isPresent: true}], width)
        for (const choice of withIds) expect(choice.name).to.contain(choice.value)
        for (const choice of withIds) expect(choice.short).to.contain(choice.value)
        for (const choice of [...withIds, ...marked]) {
          // The prompt puts its cursor before a line, and the question before the choice.
          expect(greatestWidthOf(choice.name)).to.be.at.most(width - 2)
          expect(greatestWidthOf(choice.short)).to.be.at.most(width - '? Which Deployment? '.length)
        }
      }),
    )
  })

  it('stay in the list if they contain every typed word, in any case and order', async () => {
    const choices = await tokenChoices(TOKENS, {now: NOW, width: 40})
    const idsOf = (typed: string) => filterChoices(choices, typed).map(({value}) => value)
    expect([idsOf(' \t '), idsOf('the   PLATFORM')]).to.deep.equal([[CI, ETL, REPORTS], [ETL]])
    expect([idsOf('to deploys'), idsOf('pipeline expired'), idsOf('ci bot')]).to.deep.equal([[CI], [REPORTS], []])
  })
})
