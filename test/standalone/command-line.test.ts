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
--verbosity debug
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
deployment:list
DEPLOYMENT
deployment organisation-token list
help deployment organization-tokens`

describe('a command line', () => {
  describe('isOurs', () => {
    for (const [verdict, lines] of [
      [true, OURS],
      [false, THEIRS],
    ] as const) {
      for (const line of lines.split('\n')) {
        it(`is ${verdict} for: astro ${line}`, () => {
          expect(isOurs(line.split(' ').filter(Boolean))).to.equal(verdict)
        })
      }
    }

    it('is false for an empty word', () => {
      expect([isOurs(['']), isOurs(['deployment', ''])]).to.deep.equal([false, false])
    })
  })

  describe('kindOfRun', () => {
    for (const [kind, line] of [
      ['list', 'deployment organization-token list --json'],
      ['add', 'deployment:token:organization-token:add clm1'],
      ['help', 'deployment organization-token add --help'],
      ['autocomplete', 'autocomplete:script bash'],
      ['other', 'deployment organization-token lsit'],
    ] as const) {
      it(`is ${kind} for: astro ${line}`, () => {
        expect(kindOfRun(line.split(' '))).to.equal(kind)
      })
    }
  })
})
