import {expect} from 'chai'

import {isOurs, kindOfRun} from '../../src/standalone/command-line.js'

/** What follows `astro`, a command line each. The first one is empty. */
const OURS = `
deployment organization-token
deployment organization-token add clm1 --role X
deployment organization-token -- list
deployment token organization-token lsit
deployment --help
deployment token
deployment:token:organization-token:add
autocomplete:script bash
help
help deployment:organization-token:add
-h deployment token
--version deployment organization-token list`

const THEIRS = `deploy clm1 --help
--json deployment organization-token list
-- deployment organization-token list
help deploy
--version deploy
help --nested-commands
deployments
deployment list
deployment --help list
deployment -- organization-token list
deployment help
deployment token --deployment-id clm1 organization-token list
deployment token token organization-token
DEPLOYMENT
deployment organisation-token list
help deployment organization-tokens`

const KINDS = {
  list: 'deployment organization-token list --json',
  add: 'deployment:token:organization-token:add clm1',
  help: 'deployment organization-token add --help',
  autocomplete: 'autocomplete:script bash',
  other: 'deployment organization-token lsit',
}

describe('a command line', () => {
  for (const [title, isExpected, lines] of [
    ['is run by this program', true, OURS],
    ['is handed over', false, THEIRS],
  ] as const) {
    for (const line of lines.split('\n')) {
      it(`${title}: astro ${line}`, () => {
        expect(isOurs(line.split(' ').filter(Boolean))).to.equal(isExpected)
      })
    }
  }

  it('is handed over if the first word, or the word after the topic, is empty', () => {
    expect([isOurs(['']), isOurs(['deployment', ''])]).to.deep.equal([false, false])
  })

  for (const [kind, line] of Object.entries(KINDS)) {
    it(`has a cache of compiled code for ${kind}: astro ${line}`, () => {
      expect(kindOfRun(line.split(' '))).to.equal(kind)
    })
  }
})
