import {expect} from 'chai'
import fc from 'fast-check'

import {narrowed, type OfferedRole, roleChoices} from '../../../src/lib/output/choices.js'
import {greatestWidthOf} from '../../../src/lib/output/display-width.js'
import {TEXT} from './texts.js'

const ROLES: readonly OfferedRole[] = [
  {name: 'DEPLOYMENT_ADMIN', isPresent: false},
  {name: 'Deploy Reader', description: 'Sees deploys and their logs', isPresent: true},
  {name: 'Log Reader of the whole platform', isPresent: true},
]

async function linesOf(roles: readonly OfferedRole[], width: number): Promise<string[]> {
  const choices = await roleChoices(roles, width)
  return choices.map(({name}) => name)
}

describe('choices of roles', () => {
  it('mark the roles that the token has, in aligned columns', async () => {
    expect(await linesOf(ROLES, 200)).to.deep.equal([
      'DEPLOYMENT_ADMIN',
      'Deploy Reader                     (current)  Sees deploys and their logs',
      'Log Reader of the whole platform  (current)',
    ])
  })

  it('have no column of marks if the token has none of them', async () => {
    const roles = [{name: 'DEPLOYMENT_ADMIN', description: 'Everything', isPresent: false}]
    expect(await roleChoices(roles, 0)).to.deep.equal([
      {
        value: 'DEPLOYMENT_ADMIN',
        name: 'DEPLOYMENT_ADMIN  Everything',
        short: 'DEPLOYMENT_ADMIN',
        fullText: 'DEPLOYMENT_ADMIN  Everything',
      },
    ])
  })

  it('fit a narrow terminal, and can be found by all of their text', async () => {
    expect(await linesOf(ROLES, 40)).to.deep.equal([
      'DEPLOYMENT_ADMIN',
      'Deploy Reader                (current)',
      'Log Reader of the whole pl…  (current)',
    ])
    const choices = await roleChoices(ROLES, 40)
    expect(choices[2]?.short).to.equal('Log Reader of the w…')
    const found = (typed: string) => narrowed(choices, typed).map(({value}) => value)
    expect(found('platform')).to.deep.equal(['Log Reader of the whole platform'])
    expect(found('logs')).to.deep.equal(['Deploy Reader'])
  })

  it('fit any width, whatever is in them', async () => {
    const roles = fc.array(fc.record({name: TEXT, description: TEXT, isPresent: fc.boolean()}), {minLength: 1})
    await fc.assert(
      fc.asyncProperty(roles, fc.constantFrom(45, 60, 200), async (offered, width) => {
        for (const {name, short} of await roleChoices(offered, width)) {
          expect(greatestWidthOf(name)).to.be.at.most(width - 2)
          expect(greatestWidthOf(short)).to.be.at.most(width - '? Which Deployment? '.length)
        }
      }),
    )
  })

  it('are safe to show, and give the true name', async () => {
    const [choice] = await roleChoices([{name: 'a\n\u202E', isPresent: false}], 200)
    expect(choice).to.deep.include({value: 'a\n\u202E', name: 'a \uFFFD', short: 'a \uFFFD'})
  })
})
