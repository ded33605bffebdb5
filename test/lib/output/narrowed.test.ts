import {expect} from 'chai'
import fc from 'fast-check'

import {type Choice, deploymentChoices, narrowed} from '../../../src/lib/output/choices.js'

describe('choices narrowed by what is typed', () => {
  let choices: readonly Choice[]
  const ids = (typed: string) => narrowed(choices, typed).map(({value}) => value)

  before(async () => {
    const deployments = [
      {id: 'd1', name: 'etl-prod', workspaceName: 'Data'},
      {id: 'd2', name: 'etl-staging', workspaceName: 'Data'},
      {id: 'd3', name: 'reports', workspaceName: 'Finance'},
    ]
    choices = await deploymentChoices(deployments, 200)
  })

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

  it('are found by the line itself, to which Tab completes', async () => {
    const long = [
      {id: 'clz27bn7xj8b7tfq7xkwo886v', name: 'x'.repeat(100)},
      {id: 'd2', name: 'y'},
    ]
    const [first, ...others] = await deploymentChoices(long, 60)
    if (!first) throw new Error('there is no choice')
    expect(first.name).to.contain('…')
    expect(narrowed([first, ...others], first.name)).to.deep.equal([first])
  })

  it('are found by what the line says alone, if there is nothing else', () => {
    expect(narrowed([{value: 'a', name: 'etl', short: 'etl'}], 'ET')).to.have.length(1)
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
