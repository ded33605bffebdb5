import {expect} from 'chai'

import {isOurs, kindOfRun} from '../../src/standalone/command-line.js'

/** What follows `astro`, a command line each. The first one is empty. */
const OURS = `
deployment organization-token add clm1 --role X
deployment organization-token -- list
deployment token organization-token lsit
deployment --help
deployment:token:organization-token:add
autocomplete:script bash
help deployment:organization-token:add
--version deployment organization-token list`

const THEIRS = `deploy clm1 --help
--json deployment organization-token list
-- deployment organization-token list
help --nested-commands
deployments
deployment -- organization-token list
deployment help
deployment token --deployment-id clm1 organization-token list
DEPLOYMENT
help deployment organization-tokens`

const linesThat = (lines: string, areOurs: boolean) =>
  lines.split('\n').filter((line) => isOurs(line.split(' ').filter(Boolean)) === areOurs)

describe('a command line', () => {
  it('is run by this program if it names its topic, its help or its version', () => {
    expect(linesThat(OURS, false)).to.deep.equal([])
  })

  it('is handed over if not, or if the first word, or the word after the topic, is empty', () => {
    expect(linesThat(THEIRS, true)).to.deep.equal([])
    expect([isOurs(['']), isOurs(['deployment', ''])]).to.deep.equal([false, false])
  })

  it('has a cache of compiled code for its kind', () => {
    expect(kindOfRun(['deployment', 'organization-token', 'list', '--json'])).to.equal('list')
    expect(kindOfRun(['deployment', 'organization-token', 'add', '--help'])).to.equal('help')
    expect(kindOfRun(['deployment', 'organization-token', 'lsit'])).to.equal('other')
  })
})
