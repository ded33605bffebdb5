import {expect} from 'chai'
import fc from 'fast-check'

import {
  type Choice,
  deploymentChoices,
  filterChoices,
  roleChoices,
  tokenChoices,
} from '../../../src/lib/output/choices.js'
import {greatestWidthOf} from '../../../src/lib/output/display-width.js'
import {DEPLOYMENT_LINES, DEPLOYMENTS, ROLE_LINES, ROLES, TOKEN_LINES, TOKENS} from './choices-table.js'
import {BARE, HOSTILE, NOW, SAFE} from './fixtures.js'
import {TEXT} from './texts.js'

type Width = number | undefined
const deploymentsAt = async (width: Width, all = DEPLOYMENTS) => deploymentChoices(all, width)
const tokensAt = async (width: Width, all = TOKENS) => tokenChoices(all, {now: NOW, width})
const rolesAt = async (width: Width, all = ROLES) => roleChoices(all, width)
const namesOf = (choices: readonly Choice[]) => choices.map(({name}) => name)
const withRole = (role: string) => [{entityType: 'ORGANIZATION', entityId: 'o1', role}]

describe('choices', () => {
  for (const [kind, choicesAt, rows] of [
    ['Deployments', deploymentsAt, DEPLOYMENT_LINES],
    ['tokens', tokensAt, TOKEN_LINES],
    ['roles', rolesAt, ROLE_LINES],
  ] as const) {
    for (const [width, lines] of rows) {
      it(`of ${kind} are aligned in ${width} columns`, async () => {
        expect(namesOf(await choicesAt(width))).to.deep.equal(lines)
      })
    }
  }

  it('have safe texts, and a value that is the true ID or role', async () => {
    const deployment = {id: HOSTILE, name: HOSTILE, workspaceName: HOSTILE}
    const role = {name: HOSTILE, description: 'x', isPresent: false}
    expect([...(await deploymentsAt(200, [deployment])), ...(await rolesAt(200, [role]))]).to.deep.equal([
      {
        value: HOSTILE,
        name: `${SAFE}  ${SAFE}  ${SAFE}`,
        short: `${SAFE} (${SAFE})`,
        fullText: `${SAFE} ${SAFE} ${SAFE}`,
      },
      {value: HOSTILE, name: `${SAFE}  x`, short: SAFE, fullText: `${SAFE}  x`},
    ])
  })

  it('fit 80 columns if the terminal does not know its width, and truncate the short form too', async () => {
    const name = 'x'.repeat(100)
    for (const width of [0, undefined]) {
      const choices = [
        ...(await deploymentsAt(width, [{id: 'clz27bn7xj8b7tfq7xkwo886v', name}])),
        ...(await rolesAt(width, [{name, isPresent: false}])),
      ]
      expect(choices.map((choice) => [choice.name.length, choice.short.length])).to.deep.equal([
        [78, 60],
        [78, 60],
      ])
      expect(choices[0]?.short).to.match(/^x+… \(clz27bn7xj8b7tfq7xkwo886v\)$/)
    }
  })

  it('omit the expiry of a token that cannot be parsed, and shorten its role only at the start', async () => {
    const token = {...BARE, roles: withRole('MY_ORGANIZATION_ROLE'), description: 'y'.repeat(99)}
    expect(namesOf(await tokensAt(200, [{...BARE, endAt: 'soon'}]))).to.deep.equal(['bare  cltok2'])
    expect(namesOf(await tokensAt(52, [token]))).to.deep.equal(['bare  MY_ORGANIZATION_…  never  yyyyyyyyy…  cltok2'])
    expect(await tokensAt(200, [])).to.deep.equal([])
  })

  it('never wrap, whatever names, roles and descriptions hold, and keep IDs whole', async () => {
    const cases = fc.tuple(TEXT, TEXT, TEXT, fc.boolean(), fc.constantFrom(60, 80, 120, 200))
    await fc.assert(
      fc.asyncProperty(cases, async ([name, text, role, isPresent, width]) => {
        const [id, endAt] = ['clx7mvn4a4wfhym4l1vfz3zfk', isPresent ? '2025-12-05T03:04:05Z' : undefined]
        const token = {...BARE, id, name, description: text, roles: withRole(role), endAt}
        const deployments = await deploymentsAt(width, [{id, name, workspaceName: text}])
        const choices = [...(await tokensAt(width, [token, ...TOKENS])), ...deployments]
        for (const choice of choices) expect(choice.name).to.contain(choice.value)
        for (const choice of choices) expect(choice.short).to.contain(choice.value)
        for (const choice of [...choices, ...(await rolesAt(width, [{name, description: text, isPresent}]))]) {
          // The prompt puts its cursor before a line, and the question before the choice.
          expect(greatestWidthOf(choice.name)).to.be.at.most(width - 2)
          expect(greatestWidthOf(choice.short)).to.be.at.most(width - '? Which Deployment? '.length)
        }
      }),
    )
  })

  describe('filtered by what is typed', () => {
    const [ci, bot, old] = TOKENS.map(({id}) => id)

    it('have each word, in any case and order', async () => {
      const choices = await tokensAt(40)
      for (const [typed, found] of [
        [' \t ', [ci, bot, old]],
        ['ci   PIPELINE', [ci, old]],
        ['all deployments', [ci]],
        ['platform-team expired', [old]],
        ['ci bot', []],
      ] as const) {
        expect(filterChoices(choices, typed).map(({value}) => value)).to.deep.equal(found)
      }
    })
  })
})
