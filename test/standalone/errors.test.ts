import {type Config} from '@oclif/core/interfaces'
import {expect} from 'chai'

import {noSuchCommand} from '../../src/standalone/errors.js'

const VERBS = ['add', 'list', 'remove', 'update']
const config = {
  bin: 'astro',
  commands: [
    ...VERBS.map((verb) => ({id: `deployment:organization-token:${verb}`})),
    ...VERBS.map((verb) => ({id: `deployment:token:organization-token:${verb}`})),
    {id: 'autocomplete'},
    {id: 'autocomplete:script', hidden: true},
    {id: 'help'},
  ],
  topics: ['deployment', 'deployment:organization-token', 'deployment:token'].map((name) => ({name})),
} as unknown as Config

/** What the error about an unknown command says after `astro`, and the command that it suggests. */
const SUGGESTIONS: Readonly<Record<string, readonly [unknown: string, likely?: string]>> = {
  'deployment organization-token lsit': ['deployment organization-token lsit', 'deployment organization-token list'],
  'deployment organization-token upd': ['deployment organization-token upd'],
  'deployment organization-token Remove': [
    'deployment organization-token Remove',
    'deployment organization-token remove',
  ],
  'deployment organization-token create': ['deployment organization-token create'],
  'deployment organization-token show': ['deployment organization-token show'],
  'deployment organisation-token list': ['deployment organisation-token', 'deployment organization-token'],
  'deployment token organization-tokens': [
    'deployment token organization-tokens',
    'deployment token organization-token',
  ],
  'deployment list': ['deployment list'],
  deploy: ['deploy'],
  'deploymnet token': ['deploymnet', 'deployment'],
  hlep: ['hlep', 'help'],
  'autocomplete script': ['autocomplete script'],
  login: ['login'],
}

describe('the error for an unknown command', () => {
  for (const [line, [unknown, likely]] of Object.entries(SUGGESTIONS)) {
    it(`suggests ${likely === undefined ? 'nothing' : `astro ${likely}`} for: astro ${line}`, async () => {
      const {details, kind, message} = await noSuchCommand(line.replaceAll(' ', ':'), config)
      expect({kind, message, hint: details.hint}).to.deep.equal({
        kind: 'usage',
        message: `There is no command astro ${unknown}.`,
        hint: likely === undefined ? 'See the commands: astro --help' : `Did you mean: astro ${likely}`,
      })
    })
  }
})
