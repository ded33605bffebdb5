import {expect} from 'chai'
import {readFileSync} from 'node:fs'

import {topicDescription} from '../../src/cli/help.js'
import {EXITS} from '../../src/lib/errors.js'

const pjson = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly oclif: {readonly topics: Readonly<Record<string, {readonly description: string}>>}
}

describe('the help of the topic', () => {
  it('is the same in package.json, where hosts read it', () => {
    const topics = Object.values(pjson.oclif.topics)
    expect(topics).to.have.length(2)
    for (const {description} of topics) expect(description).to.equal(topicDescription())
  })

  it('names every error kind beside its exit code, in lines that fit 80 columns', () => {
    for (const [kind, exit] of Object.entries(EXITS)) {
      expect(topicDescription()).to.match(new RegExp(`^${exit} .*\\b${kind}\\b`, 'm'))
    }

    for (const line of topicDescription().split('\n')) expect(line.length).to.be.at.most(76)
  })
})
