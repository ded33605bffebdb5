import {expect} from 'chai'
import fc from 'fast-check'

import {type ApiToken, type Deployment} from '../../../src/lib/astro-api/responses.js'
import {
  type Choice,
  deploymentChoices,
  filterChoices,
  roleChoices,
  roleOnDeployments,
  tokenChoices,
} from '../../../src/lib/output/choices.js'
import {greatestWidthOf} from '../../../src/lib/output/display-width.js'
import {type OfferedRole} from '../../../src/lib/selection/token.js'
import {BARE, HOSTILE, NOW, SAFE, TEXT} from './fixtures.js'

const [ETL, REPORTS, BARE_ID] = ['clz27bn7xj8b7tfq7xkwo886v', 'clx9mpzom75wbbr4qmw2wxfog', 'clm8xq0b1000008l4d2g7h3kz']

const DEPLOYMENTS: readonly Deployment[] = [
  {id: REPORTS, name: 'reports-in-production', workspaceId: 'workspace-of-finance'},
  {id: ETL, name: 'Etl', workspaceId: 'w1', workspaceName: 'Data'},
  {id: BARE_ID, name: 'bare'},
]

const on = (...deploymentIds: readonly string[]) =>
  deploymentIds.map((entityId) => ({entityType: 'DEPLOYMENT', entityId, role: 'DEPLOYMENT_ADMIN'}))
const TOKENS: readonly ApiToken[] = [
  {...BARE, id: REPORTS, name: 'ancient-pipeline', endAt: '2026-03-08T12:00:00Z', roles: on(ETL)},
  {...BARE, id: ETL, name: 'deploy-bot-of-the-platform-team', roles: on(ETL, REPORTS)},
  {
    ...BARE,
    id: BARE_ID,
    name: 'CI',
    description: 'Deploys from CI to all',
    endAt: '2026-03-22T13:00:00Z',
    roles: on(ETL),
  },
]

const ROLES: readonly OfferedRole[] = [
  {name: 'DEPLOYMENT_ADMIN', isPresent: false},
  {name: 'Deploy Reader', description: 'Reads deploys and their logs', isPresent: true},
  {name: 'Log Reader of the whole platform', isPresent: true},
]

type Width = number | undefined
const roleOf = roleOnDeployments([ETL])
const deploymentsAt = async (width: Width, all = DEPLOYMENTS) => deploymentChoices(all, {width})
const deploymentsWithRoleAt = async (width: Width) =>
  deploymentChoices(DEPLOYMENTS, {width, roleOf: ({id}) => (id === ETL ? 'Deploy Reader of all' : 'DEPLOYMENT_ADMIN')})
const tokensAt = async (width: Width, all = TOKENS) => tokenChoices(all, {now: NOW, width})
const tokensWithRoleAt = async (width: Width, all = TOKENS) => tokenChoices(all, {now: NOW, roleOf, width})
const rolesAt = async (width: Width, all = ROLES) => roleChoices(all, width)
const namesOf = (choices: readonly Choice[]) => choices.map(({name}) => name)

describe('choices', () => {
  for (const {at, kind, lines, width} of [
    {
      kind: 'Deployments',
      at: deploymentsAt,
      width: 60,
      lines: [
        `bare                             ${BARE_ID}`,
        `Etl                  Data        ${ETL}`,
        `reports-in-product…  workspace…  ${REPORTS}`,
      ],
    },
    {kind: 'Deployments', at: deploymentsAt, width: 20, lines: [`…  ${BARE_ID}`, `…  ${ETL}`, `…  ${REPORTS}`]},
    {
      kind: 'Deployments with roles',
      at: deploymentsWithRoleAt,
      width: 60,
      lines: [
        `bare            ADMIN            ${BARE_ID}`,
        `Etl             Deploy Reader…   ${ETL}`,
        `reports-in-pr…  ADMIN            ${REPORTS}`,
      ],
    },
    {
      kind: 'tokens',
      at: tokensAt,
      width: 100,
      lines: [
        `CI                               expires in 12 days  Deploys from CI t…  ${BARE_ID}`,
        `deploy-bot-of-the-platform-team  never expires                           ${ETL}`,
        `ancient-pipeline                 EXPIRED 2 days ago                      ${REPORTS}`,
      ],
    },
    {
      kind: 'tokens with roles',
      at: tokensWithRoleAt,
      width: 99,
      lines: [
        `CI                    DEPLOYMENT_ADMIN  expires in 12 days  Deploys f…  ${BARE_ID}`,
        `deploy-bot-of-the-p…  DEPLOYMENT_ADMIN  never expires                   ${ETL}`,
        `ancient-pipeline      DEPLOYMENT_ADMIN  EXPIRED 2 days ago              ${REPORTS}`,
      ],
    },
    {
      kind: 'tokens with roles',
      at: tokensWithRoleAt,
      width: 60,
      lines: [
        `CI               ADMIN           ${BARE_ID}`,
        `deploy-bot-of-…  ADMIN           ${ETL}`,
        `ancient-pipeli…  ADMIN  EXPIRED  ${REPORTS}`,
      ],
    },
    {
      kind: 'roles',
      at: rolesAt,
      width: 60,
      lines: [
        'DEPLOYMENT_ADMIN',
        'Deploy Reader                     (current)  Reads deploy…',
        'Log Reader of the whole platform  (current)',
      ],
    },
    {kind: 'roles', at: rolesAt, width: 20, lines: ['DEPLOYMENT_ADMIN', 'Deploy Reader', 'Log Reader of the…']},
  ]) {
    it(`of ${kind} are sorted and aligned in ${width} columns`, async () => {
      expect(namesOf(await at(width))).to.deep.equal(lines)
    })
  }

  it('of tokens have the role on the Deployment, or the number of Deployments if there are several', () => {
    for (const [deploymentIds, texts] of [
      [[ETL], ['DEPLOYMENT_ADMIN', 'DEPLOYMENT_ADMIN']],
      [[REPORTS], ['', 'DEPLOYMENT_ADMIN']],
      [
        [REPORTS, BARE_ID],
        ['0 Deployments', '1 Deployment'],
      ],
      [undefined, ['1 Deployment', '2 Deployments']],
    ] as const) {
      expect(TOKENS.slice(0, 2).map((token) => roleOnDeployments(deploymentIds)(token))).to.deep.equal(texts)
    }

    expect(roleOnDeployments([ETL])(BARE)).to.equal('')
  })

  it('have safe texts, and a value that is the true ID or role', async () => {
    const deployment = {id: HOSTILE, name: HOSTILE, workspaceName: HOSTILE}
    const role = {name: HOSTILE, description: 'x', isPresent: false}
    expect([...(await deploymentsAt(200, [deployment])), ...(await rolesAt(200, [role]))]).to.deep.equal([
      {
        value: HOSTILE,
        name: `${SAFE}  ${SAFE}  ${SAFE}`,
        short: `${SAFE} (${SAFE})`,
        fullText: `${SAFE}  ${SAFE} ${SAFE}`,
      },
      {value: HOSTILE, name: `${SAFE}  x`, short: SAFE, fullText: `${SAFE}  x`},
    ])
  })

  it('fit 80 columns if the terminal does not know its width, and truncate the short form too', async () => {
    const name = 'x'.repeat(100)
    for (const width of [0, undefined]) {
      const choices = [
        ...(await deploymentsAt(width, [{id: ETL, name}])),
        ...(await rolesAt(width, [{name, isPresent: false}])),
      ]
      expect(choices.map((choice) => [choice.name.length, choice.short.length])).to.deep.equal([
        [78, 60],
        [78, 60],
      ])
      expect(choices[0]?.short).to.match(/^x+… \(clz27bn7xj8b7tfq7xkwo886v\)$/)
    }
  })

  it('omit the expiry of a token that cannot be parsed', async () => {
    expect(namesOf(await tokensAt(200, [{...BARE, endAt: 'soon'}]))).to.deep.equal(['bare  cltok2'])
    expect(await tokensAt(200, [])).to.deep.equal([])
  })

  it('never wrap, whatever names, roles and descriptions hold, and keep IDs whole', async () => {
    const cases = fc.tuple(TEXT, TEXT, TEXT, fc.boolean(), fc.constantFrom(60, 72, 80, 100, 120, 200))
    await fc.assert(
      fc.asyncProperty(cases, async ([name, text, role, isExpired, width]) => {
        const endAt = isExpired ? '2025-12-05T03:04:05Z' : undefined
        const roles = [{entityType: 'DEPLOYMENT', entityId: ETL, role}]
        const tokens = [{...BARE, id: ETL, name, description: text, roles, endAt}, ...TOKENS]
        const offered = await deploymentChoices([{id: ETL, name, workspaceName: text}], {width, roleOf: () => role})
        const choices = [...(await tokensWithRoleAt(width, tokens)), ...(await tokensAt(width, tokens)), ...offered]
        for (const choice of choices) expect(choice.name).to.contain(choice.value)
        for (const choice of choices) expect(choice.short).to.contain(choice.value)
        for (const choice of [...choices, ...(await rolesAt(width, [{name, description: text, isPresent: true}]))]) {
          // The prompt puts its cursor before a line, and the question before the choice.
          expect(greatestWidthOf(choice.name)).to.be.at.most(width - 2)
          expect(greatestWidthOf(choice.short)).to.be.at.most(width - '? Which Deployment? '.length)
        }
      }),
    )
  })

  it('that contain every typed word, in any case and order, stay in the list', async () => {
    const choices = await tokensAt(40)
    for (const [typed, found] of [
      [' \t ', [BARE_ID, ETL, REPORTS]],
      ['the   PLATFORM', [ETL]],
      ['to deploys', [BARE_ID]],
      ['pipeline expired', [REPORTS]],
      ['ci bot', []],
    ] as const) {
      expect(filterChoices(choices, typed).map(({value}) => value)).to.deep.equal(found)
    }
  })
})
