import {expect} from 'chai'
import fc from 'fast-check'

import {deploymentChoices, narrowed, tokenChoices} from '../../../src/lib/output/choices.js'
import {organizationToken, roleOnDeployment} from '../fake-astro-api.js'

const NOW = new Date('2026-01-05T03:04:05Z')

describe('choices', () => {
  it('show a Deployment by name, ID and Workspace', () => {
    const choices = deploymentChoices([
      {id: 'd1', name: 'etl', workspaceId: 'w1', workspaceName: 'Data'},
      {id: 'd2', name: 'reports', workspaceId: 'w2'},
      {id: 'd3', name: 'bare'},
    ])

    expect(choices).to.deep.equal([
      {value: 'd1', name: 'etl (d1) · Data', short: 'etl (d1)'},
      {value: 'd2', name: 'reports (d2) · w2', short: 'reports (d2)'},
      {value: 'd3', name: 'bare (d3)', short: 'bare (d3)'},
    ])
  })

  it('show a token by name, ID, description, role and age', () => {
    const roles = [roleOnDeployment('d1', 'Deploy Reader'), roleOnDeployment('d2', 'DEPLOYMENT_ADMIN')]
    const tokens = [
      organizationToken('a', roles, {name: 'ci', description: 'Deploys'}),
      organizationToken('b', undefined, {name: 'new', createdAt: ''}),
    ]
    const lines = (deploymentIds?: readonly string[]) =>
      tokenChoices(tokens, deploymentIds, {now: NOW, width: undefined}).map(({name}) => name)

    expect(lines(['d1'])).to.deep.equal(['ci (a) · Deploys · Deploy Reader · 3 days ago', 'new (b)'])
    expect(lines(['d3'])).to.deep.equal(['ci (a) · Deploys · 3 days ago', 'new (b)'])
    expect(lines()[0]).to.equal('ci (a) · Deploys · Deploy Reader · DEPLOYMENT_ADMIN · 3 days ago')
  })

  it('are one safe line, whatever is in a name', () => {
    const [choice] = deploymentChoices([{id: 'd1', name: 'a\u001B[31mb\n\u202Ec', workspaceName: 'x\ty'}])
    expect(choice).to.deep.equal({value: 'd1', name: 'ab \uFFFDc (d1) · x y', short: 'ab \uFFFDc (d1)'})
  })

  describe('narrowed by what is typed', () => {
    const choices = deploymentChoices([
      {id: 'd1', name: 'etl-prod', workspaceName: 'Data'},
      {id: 'd2', name: 'etl-staging', workspaceName: 'Data'},
      {id: 'd3', name: 'reports', workspaceName: 'Finance'},
    ])
    const ids = (typed: string) => narrowed(choices, typed).map(({value}) => value)

    it('are all there before anything is', () => {
      expect(ids('')).to.deep.equal(['d1', 'd2', 'd3'])
      expect(ids('  ')).to.deep.equal(['d1', 'd2', 'd3'])
    })

    it('have each word, in any case and order', () => {
      expect(ids('data ETL')).to.deep.equal(['d1', 'd2'])
      expect(ids('stag')).to.deep.equal(['d2'])
      expect(ids('D3')).to.deep.equal(['d3'])
      expect(ids('etl finance')).to.deep.equal([])
    })

    it('never get more by typing more', () => {
      fc.assert(
        fc.property(fc.string(), fc.string(), (typed, more) => {
          const before = ids(typed)
          expect(ids(typed + more).every((id) => before.includes(id))).to.equal(true)
        }),
      )
    })
  })
})
