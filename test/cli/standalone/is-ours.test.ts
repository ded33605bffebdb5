import {expect} from 'chai'

import {isOurs} from '../../../src/cli/standalone/is-ours.js'
import {isMisspelling} from '../../../src/cli/standalone/misspelling.js'

const OURS = [
  '',
  'deployment organization-token',
  'deployment organization-token list',
  'deployment organization-token add clm1 --role X',
  'deployment organization-token lsit',
  'deployment organization-token -- list',
  'deployment organization-token --help',
  'deployment token organization-token',
  'deployment token organization-token update -n deploy',
  'deployment',
  'deployment --help',
  'deployment -h',
  'deployment token',
  'deployment token --help',
  'deployment:organization-token:list --json',
  'deployment:token:organization-token:add',
  'autocomplete',
  'autocomplete fish',
  'autocomplete script bash',
  'autocomplete:script bash',
  'help',
  'help deployment',
  'help deployment token',
  'help deployment organization-token add',
  'help deployment:organization-token:add',
  'help autocomplete',
  '--help',
  '-h',
  '--help --help',
  '--help deployment organization-token',
  '-h deployment token',
  '--version',
  '-v',
  '-v deployment organization-token list',
]

const THEIRS = [
  'deploy',
  'deploy clm1 --help',
  'login',
  'version',
  'dev start',
  '--verbosity debug',
  '--json deployment organization-token list',
  '-- deployment organization-token list',
  'help deploy',
  '--help deploy',
  '--version deploy',
  'help --nested-commands',
  'deployments',
  'de token organization-token list',
  'deployment list',
  'deployment list --help',
  'deployment --help list',
  'deployment --workspace-id clw1',
  'deployment -- organization-token list',
  'deployment help',
  'deployment token list',
  'deployment token create --name deploy',
  'deployment token workspace-token add',
  'deployment token --deployment-id clm1 organization-token list',
  'deployment token token organization-token',
  'deployment to organization-token list',
  'deployment:list',
  'Deployment organization-token list',
  'DEPLOYMENT',
  'organization-token list',
  'organization token list',
  'help nothing',
]

const MISSPELT = [
  'deployment organisation-token list',
  'deployment organization-tokens',
  'deployment organization_token add',
  'deployment organizaton-token --help',
  'deployment Organization-Token list',
  'deployment org-token list',
  'deployment orgtokens',
  'deployment token organisation-token list --json',
  'deployment:organisation-token:list',
  'help deployment organisation-token',
  '--help deployment organisation-token',
]

const words = (line: string) => line.split(' ').filter((word) => word !== '')

describe('a command line of the standalone program', () => {
  for (const line of OURS) {
    it(`is ours: astro ${line}`, () => {
      expect(isOurs(words(line))).to.equal(true)
    })
  }

  for (const line of THEIRS) {
    it(`is for the next astro: astro ${line}`, () => {
      expect(isOurs(words(line))).to.equal(false)
      expect(isMisspelling(words(line))).to.equal(false)
    })
  }

  for (const line of MISSPELT) {
    it(`is a misspelling of ours: astro ${line}`, () => {
      expect(isOurs(words(line))).to.equal(false)
      expect(isMisspelling(words(line))).to.equal(true)
    })
  }

  it('is for the next astro if its first word is empty', () => {
    expect(isOurs([''])).to.equal(false)
    expect(isOurs(['deployment', ''])).to.equal(false)
  })
})
