import {expect} from 'chai'

import {isOurs} from '../../src/standalone/command-line.js'

const OURS = [
  '',
  'deployment organization-token',
  'deployment organization-token add clm1 --role X',
  'deployment organization-token lsit',
  'deployment organization-token -- list',
  'deployment token organization-token update -n deploy',
  'deployment',
  'deployment --help',
  'deployment token',
  'deployment token -h',
  'deployment:organization-token:list --json',
  'deployment:token:organization-token:add',
  'autocomplete fish',
  'autocomplete:script bash',
  'help',
  'help deployment token',
  'help deployment:organization-token:add',
  'help autocomplete',
  '-h',
  '--help --help',
  '--help deployment organization-token',
  '-v',
  '--version deployment organization-token list',
]

const THEIRS = [
  'deploy clm1 --help',
  'dev start',
  '--verbosity debug',
  '--json deployment organization-token list',
  '-- deployment organization-token list',
  'help deploy',
  '--help deploy',
  '--version deploy',
  'help --nested-commands',
  'deployments',
  'deployment list',
  'deployment --help list',
  'deployment --workspace-id clw1',
  'deployment -- organization-token list',
  'deployment help',
  'deployment token list',
  'deployment token --deployment-id clm1 organization-token list',
  'deployment token token organization-token',
  'deployment:list',
  'DEPLOYMENT',
  'organization-token list',
  'deployment organisation-token list',
  'deployment token org-token list',
  'help deployment organization-tokens',
]

describe('isOurs', () => {
  for (const [verdict, lines] of [
    [true, OURS],
    [false, THEIRS],
  ] as const) {
    for (const line of lines) {
      it(`is ${verdict} for: astro ${line}`, () => {
        expect(isOurs(line.split(' ').filter(Boolean))).to.equal(verdict)
      })
    }
  }

  it('is false for an empty first word', () => {
    expect([isOurs(['']), isOurs(['deployment', ''])]).to.deep.equal([false, false])
  })
})
