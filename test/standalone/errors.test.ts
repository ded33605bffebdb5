import {type Config} from '@oclif/core/interfaces'
import {expect} from 'chai'

import {noSuchCommand} from '../../src/standalone/errors.js'

const verbs = ['add', 'list', 'remove', 'update'].map((verb) => ({id: `deployment:organization-token:${verb}`}))
const config = {
  bin: 'astro',
  commands: [...verbs, {id: 'autocomplete'}, {id: 'autocomplete:script', hidden: true}, {id: 'help'}],
  topics: [{name: 'deployment'}, {name: 'deployment:organization-token'}, {name: 'deployment:token'}],
} as unknown as Config

const OURS = 'deployment organization-token'

describe('the error for an unknown command', () => {
  for (const {line, unknown = line, likely} of [
    {line: `${OURS} lsit`, likely: `${OURS} list`},
    {line: `${OURS} show`},
    {line: 'deployment organisation-token list', unknown: 'deployment organisation-token', likely: OURS},
    {line: 'deployment list'},
    {line: 'deploymnet token', unknown: 'deploymnet', likely: 'deployment'},
  ]) {
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
