import {expect} from 'chai'
import {stripVTControlCharacters} from 'node:util'
import widthOf from 'string-width'

import {ids} from '../astro-api/world.js'
import {type Turn} from '../support/run-cli.js'
import {createPlace} from './support.js'

const {deployments, tokens} = ids
const CTRL_C = '\u0003'

interface Case {
  readonly argv: readonly string[]
  readonly turns?: readonly Turn[]
  /** The first words of a line in a table. */
  readonly header?: RegExp
}

const CASES: Readonly<Record<string, Case>> = {
  list: {argv: ['list', '--deployment-id', deployments.reports], header: /^ ID +NAME/m},
  audit: {argv: ['list', '--all-deployments'], header: /^ (?:ID +)?NAME +/m},
  plan: {
    argv: ['add', tokens.deployBot, '--all-deployments', '--dry-run', '--role', 'Log Reader'],
    header: /^ DEPLOYMENT_NAME +(?:DEPLOYMENT_ID +)?ROLE$/m,
  },
  'prompt for a Deployment': {argv: ['list'], turns: [[/to cancel/, CTRL_C]]},
  'prompt for a token': {argv: ['add', '--deployment-id', deployments.billing], turns: [[/to cancel/, CTRL_C]]},
  'prompt for a role': {
    argv: ['update', tokens.deployBot, '--deployment-id', deployments.etlProd],
    turns: [[/to cancel/, CTRL_C]],
  },
  help: {argv: ['list', '--help']},
}

describe('on a terminal of any width', function () {
  this.timeout(60_000)
  const place = createPlace()

  before(place.open)

  after(place.close)

  for (const columns of [60, 72, 80, 100, 120, 200]) {
    it(`prints no line that is wider than ${columns} columns, and tables`, async () => {
      for (const [name, {argv, header, turns = []}] of Object.entries(CASES)) {
        const {stdout} = await place.onTerminal(argv, turns, {columns})
        const text = stripVTControlCharacters(stdout).replaceAll('\r', '')
        if (header) expect(text, name).to.match(header)
        const drawn = text.split('\n').filter((line) => /^[ ❯]/.test(line))
        for (const line of drawn) expect(widthOf(line), line).to.be.at.most(columns)
      }
    })
  }

  it('names the columns that it hides', async () => {
    const {stdout} = await place.onTerminal(CASES.list?.argv ?? [], [], {columns: 60})
    expect(stdout).to.contain('Hidden to fit the terminal: DESCRIPTION, SCOPE, CREATED, CREATED BY.')
  })
})
