import {expect} from 'chai'
import {readFileSync} from 'node:fs'

import {topicDescription} from '../../src/cli/help.js'
import {EXITS} from '../../src/lib/errors.js'

const {oclif} = JSON.parse(readFileSync('package.json', 'utf8')) as {oclif: {topics: Record<string, unknown>}}

describe('the help of the topic', () => {
  it('is the same in package.json, where hosts read it', () => {
    const description = topicDescription()
    expect(Object.values(oclif.topics)).to.deep.equal([{description}, {description}])
  })

  it('names every error kind beside its exit code, in lines that fit 80 columns', () => {
    const lines = topicDescription().split('\n')
    for (const [kind, exit] of Object.entries(EXITS)) {
      expect(lines.find((line) => line.split(/[ ,]+/).includes(kind))).to.match(new RegExp(`^${exit} `))
    }

    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(76)
  })
})
