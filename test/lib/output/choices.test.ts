import {expect} from 'chai'
import fc from 'fast-check'

import {type Choice, deploymentChoices, narrowed, tokenChoices} from '../../../src/lib/output/choices.js'
import {greatestWidthOf} from '../../../src/lib/output/display-width.js'
import {organizationToken} from '../fake-astro-api.js'
import {TEXT} from './texts.js'

const NOW = new Date('2026-01-05T03:04:05Z')
const WIDE = 200

function organizationRole(role: string) {
  return {entityType: 'ORGANIZATION', entityId: 'o1', role}
}

function namesOf(choices: readonly Choice[]): string[] {
  return choices.map(({name}) => name)
}

/** Expects lines that a prompt does not wrap, each with its whole ID. */
function expectWithin(width: number, choices: readonly Choice[]): void {
  for (const {name, short, value} of choices) {
    // The prompt puts two columns before a line, and the question before the choice.
    expect(greatestWidthOf(name)).to.be.at.most(width - 2)
    expect(greatestWidthOf(short)).to.be.at.most(width - '? Which Deployment? '.length)
    expect(name).to.contain(value)
    expect(short).to.contain(value)
  }
}

describe('choices', () => {
  describe('of Deployments', () => {
    const deployments = [
      {id: 'clz27bn7xj8b7tfq7xkwo886v', name: 'etl', workspaceId: 'w1', workspaceName: 'Data'},
      {id: 'clx9mpzom75wbbr4qmw2wxfog', name: 'reports-in-production', workspaceId: 'w2'},
      {id: 'clm8xq0b1000008l4d2g7h3kz', name: 'bare'},
    ]

    it('show name, ID and Workspace in aligned columns', async () => {
      expect(await deploymentChoices(deployments.slice(0, 2), WIDE)).to.deep.equal([
        {
          value: 'clz27bn7xj8b7tfq7xkwo886v',
          name: 'etl                    clz27bn7xj8b7tfq7xkwo886v  Data',
          short: 'etl (clz27bn7xj8b7tfq7xkwo886v)',
          fullText: 'etl clz27bn7xj8b7tfq7xkwo886v Data',
        },
        {
          value: 'clx9mpzom75wbbr4qmw2wxfog',
          name: 'reports-in-production  clx9mpzom75wbbr4qmw2wxfog  w2',
          short: 'reports-in-production (clx9mpzom75wbbr4qmw2wxfog)',
          fullText: 'reports-in-production clx9mpzom75wbbr4qmw2wxfog w2',
        },
      ])
    })

    it('truncate names on a narrow terminal, then leave the Workspace out, and keep IDs whole', async () => {
      expect(namesOf(await deploymentChoices(deployments, 50))).to.deep.equal([
        'etl              clz27bn7xj8b7tfq7xkwo886v  Data',
        'reports-in-pro…  clx9mpzom75wbbr4qmw2wxfog  w2',
        'bare             clm8xq0b1000008l4d2g7h3kz',
      ])
      expect(namesOf(await deploymentChoices(deployments, 40))).to.deep.equal([
        'etl          clz27bn7xj8b7tfq7xkwo886v',
        'reports-in…  clx9mpzom75wbbr4qmw2wxfog',
        'bare         clm8xq0b1000008l4d2g7h3kz',
      ])
      const [, narrowest] = await deploymentChoices(deployments, 34)
      expect(narrowest?.name).to.equal('repo…  clx9mpzom75wbbr4qmw2wxfog')
      expect(narrowest?.short).to.equal('reports-i… (clx9mpzom75wbbr4qmw2wxfog)')
    })

    it('fit 80 columns if the terminal does not know its width', async () => {
      const long = [{id: 'clz27bn7xj8b7tfq7xkwo886v', name: 'x'.repeat(100)}]
      for (const width of [0, undefined]) {
        const [choice] = await deploymentChoices(long, width)
        expect(choice?.name).to.have.length(78)
      }
    })

    it('are one safe line, whatever is in a name', async () => {
      const evil = {id: 'd1', name: 'a\u001B[31mb\n\u202Ec', workspaceName: 'x\ty'}
      expect(await deploymentChoices([evil], WIDE)).to.deep.equal([
        {value: 'd1', name: 'ab \uFFFDc  d1  x y', short: 'ab \uFFFDc (d1)', fullText: 'ab \uFFFDc d1 x y'},
      ])
    })

    it('are none for none', async () => {
      expect(await deploymentChoices([], WIDE)).to.deep.equal([])
    })
  })

  describe('of tokens', () => {
    const tokens = [
      organizationToken('clx7mvn4a4wfhym4l1vfz3zfk', [organizationRole('ORGANIZATION_MEMBER')], {
        name: 'ci-pipeline',
        description: 'Deploys from CI to all Deployments',
        endAt: '2026-01-17T04:04:05Z',
      }),
      organizationToken('clx2bj3j4wj99ibag7i1mnbqn', [organizationRole('ORGANIZATION_OWNER')], {name: 'deploy-bot'}),
      organizationToken('clx9mpzom75wbbr4qmw2wxfog', undefined, {
        name: 'old-ci-pipeline-of-the-platform-team',
        endAt: '2026-01-03T03:04:05Z',
      }),
    ]

    for (const [width, lines] of [
      [
        200,
        [
          'ci-pipeline                           ORGANIZATION_MEMBER  expires in 12 days  Deploys from CI to all Deployments  clx7mvn4a4wfhym4l1vfz3zfk',
          'deploy-bot                            ORGANIZATION_OWNER   never expires                                           clx2bj3j4wj99ibag7i1mnbqn',
          'old-ci-pipeline-of-the-platform-team                       EXPIRED 2 days ago                                      clx9mpzom75wbbr4qmw2wxfog',
        ],
      ],
      [
        120,
        [
          'ci-pipeline                           ORGANIZATION_MEMBER  expires in 12 days  Deploys fro…  clx7mvn4a4wfhym4l1vfz3zfk',
          'deploy-bot                            ORGANIZATION_OWNER   never expires                     clx2bj3j4wj99ibag7i1mnbqn',
          'old-ci-pipeline-of-the-platform-team                       EXPIRED 2 days ago                clx9mpzom75wbbr4qmw2wxfog',
        ],
      ],
      [
        80,
        [
          'ci-pipeline          MEMBER  in 12 days  Deploys f…  clx7mvn4a4wfhym4l1vfz3zfk',
          'deploy-bot           OWNER   never                   clx2bj3j4wj99ibag7i1mnbqn',
          'old-ci-pipeline-of…          EXPIRED                 clx9mpzom75wbbr4qmw2wxfog',
        ],
      ],
      [
        60,
        [
          'ci-pipeline  MEMBER  in 12 days  clx7mvn4a4wfhym4l1vfz3zfk',
          'deploy-bot   OWNER   never       clx2bj3j4wj99ibag7i1mnbqn',
          'old-ci-pip…          EXPIRED     clx9mpzom75wbbr4qmw2wxfog',
        ],
      ],
      [
        54,
        [
          'ci-pipeline    in 12 days  clx7mvn4a4wfhym4l1vfz3zfk',
          'deploy-bot     never       clx2bj3j4wj99ibag7i1mnbqn',
          'old-ci-pipel…  EXPIRED     clx9mpzom75wbbr4qmw2wxfog',
        ],
      ],
      [
        40,
        [
          'ci-pipeline  clx7mvn4a4wfhym4l1vfz3zfk',
          'deploy-bot   clx2bj3j4wj99ibag7i1mnbqn',
          'old-ci-pip…  clx9mpzom75wbbr4qmw2wxfog',
        ],
      ],
    ] as const) {
      it(`fit ${width} columns`, async () => {
        expect(namesOf(await tokenChoices(tokens, {now: NOW, width}))).to.deep.equal(lines)
      })
    }

    it('keep their role, expiry and description for typing, however narrow the line', async () => {
      const choices = await tokenChoices(tokens, {now: NOW, width: 40})
      const found = (typed: string) => narrowed(choices, typed).map(({value}) => value)
      expect(found('all deployments')).to.deep.equal(['clx7mvn4a4wfhym4l1vfz3zfk'])
      expect(found('organization_owner')).to.deep.equal(['clx2bj3j4wj99ibag7i1mnbqn'])
      expect(found('expired platform-team')).to.deep.equal(['clx9mpzom75wbbr4qmw2wxfog'])
    })

    it('have no expiry that cannot be parsed', async () => {
      const [choice] = await tokenChoices([organizationToken('a', [], {name: 'x', endAt: 'soon'})], {
        now: NOW,
        width: WIDE,
      })
      expect(choice?.name).to.equal('x  a')
    })

    it('never wrap at 60, 80, 120 and 200 columns, whatever is in names, roles and descriptions', async () => {
      const facts = fc.array(fc.tuple(TEXT, TEXT, TEXT, fc.boolean()), {minLength: 1, maxLength: 5})
      await fc.assert(
        fc.asyncProperty(facts, fc.constantFrom(60, 80, 120, 200), async (some, width) => {
          const all = some.map(([name, description, role, isExpired], index) =>
            organizationToken(`clx7mvn4a4wfhym4l1vfz3zf${index}`, [organizationRole(role)], {
              name,
              description,
              ...(isExpired && {endAt: '2025-12-05T03:04:05Z'}),
            }),
          )
          expectWithin(width, await tokenChoices(all, {now: NOW, width}))
          expectWithin(
            width,
            await deploymentChoices(
              all.map((token) => ({...token, workspaceName: token.description ?? ''})),
              width,
            ),
          )
        }),
      )
    })
  })
})
