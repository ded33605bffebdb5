import {expect} from 'chai'

import {ids, seedWorld} from './world.js'

const now = new Date('2025-06-01T12:00:00Z')

describe('the seeded world', () => {
  it('is the same in every run, but for the time', () => {
    expect(seedWorld(now)).to.deep.equal(seedWorld(now))
    expect(seedWorld(now).tokens[0]).to.not.deep.equal(seedWorld().tokens[0])
  })

  it("has IDs that look like the API's, each of them once", () => {
    const {deployments, tokens, user, workspaces} = ids
    const all = [
      ids.organization,
      ids.otherOrganization,
      user,
      ...[deployments, tokens, workspaces].flatMap((group) => Object.values(group)),
      ...seedWorld().customRoles.map(({id = ''}) => id),
    ]
    for (const id of all) expect(id).to.match(/^cl[\da-z]{23}$/)
    expect(new Set(all)).to.have.property('size', all.length)
  })

  it('has what the IDs name', () => {
    const {deployments, tokens} = seedWorld(now)
    expect(deployments.map(({id}) => id)).to.have.members(Object.values(ids.deployments))
    expect(tokens.map(({id}) => id)).to.have.members(Object.values(ids.tokens))
  })

  it('has tokens of many ages, one of them expired', () => {
    const {tokens} = seedWorld(now)
    const hoursOf = (name: string): number =>
      (now.getTime() - Date.parse(tokens.find((one) => one.name === name)?.createdAt ?? '')) / 3_600_000
    expect(hoursOf('ci-pipeline')).to.equal(72)
    expect(hoursOf('deploy-bot')).to.equal(5)
    expect(hoursOf('data-quality')).to.equal(1 / 6)
    expect(tokens.filter(({endAt}) => endAt !== undefined && Date.parse(endAt) < now.getTime())).to.have.length(1)
  })
})
