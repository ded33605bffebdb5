import {expect} from 'chai'
import widthOf from 'string-width'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type CliRun, converse, type Env, type Turn} from '../support/run-cli.js'
import {ownEnvFor} from './support.js'

const {deployments, tokens} = ids
const COMMAND = ['deployment', 'organization-token']
const CTRL_C = '\u0003'

/** Colors, and what moves the cursor or clears what is there before a prompt is drawn again. */
const SEQUENCES = /\u001B\[[\d;?]*[A-Za-z]/g

/** A name of wide, combining and right-to-left characters, as long as Astro may allow. */
const LONG = '本番環境 Zu\u0308rich مرحبا 👩\u200D👩\u200D👧 हिन्दी nightly load of everything, '.repeat(5)

describe('the width of the terminal', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  beforeEach(async () => {
    api = await startAstroApi()
    env = ownEnvFor(api)
    const token = api.world.tokens.find(({id}) => id === tokens.deployBot)
    if (token) Object.assign(token, {name: LONG, description: LONG, lastUsedAt: '2026-01-02T03:04:05Z'})
    const deployment = api.world.deployments.find(({id}) => id === deployments.billing)
    if (deployment) deployment.name = LONG
  })

  afterEach(async () => {
    await api.close()
  })

  const run = async (columns: number, argv: readonly string[], turns: readonly Turn[] = []): Promise<CliRun> =>
    converse([...COMMAND, ...argv], env, turns, {columns})

  for (const columns of [60, 80, 120, 200]) {
    describe(`of ${columns} columns`, () => {
      for (const [what, argv, id] of [
        ['list', ['list', '--deployment-id', deployments.etlProd], tokens.deployBot],
        ['list --all-deployments', ['list', '--all-deployments'], tokens.deployBot],
        ['a plan', ['add', tokens.deployBot, '--all-deployments', '--dry-run'], deployments.billing],
      ] as const) {
        it(`has room for every line of ${what}, with IDs as they are`, async () => {
          const {exit, stdout} = await run(columns, argv)

          expect(exit).to.equal(0)
          expect(stdout).to.contain(id)
          // The line about expired tokens, and a spinner, may be longer.
          for (const line of stdout.split('\n').filter((each) => !/expired \d|\.\.\./.test(each))) {
            expect(widthOf(line.replaceAll(SEQUENCES, ''))).to.be.at.most(columns)
          }
        })
      }

      for (const [what, argv, question, id] of [
        ['Deployments', ['list'], /Which Deployment\?[^]*❯[^]*to cancel/, deployments.billing],
        [
          'tokens',
          ['add', '--deployment-id', deployments.billing],
          /Which token\?[^]*❯[^]*to cancel/,
          tokens.deployBot,
        ],
      ] as const) {
        it(`has room for each choice of ${what} in one line, with its ID`, async () => {
          const {exit, stdout} = await run(columns, argv, [[question, CTRL_C]])

          expect(exit).to.equal(130)
          const lines = stdout.replaceAll(SEQUENCES, '').split('\n')
          expect(lines.some((line) => line.includes(id))).to.equal(true)
          const offered = lines.filter((line) => /^[❯ ] \S/.test(line))
          expect(offered.length).to.be.at.least(5)
          for (const line of offered) expect(line).to.match(/ cl[a-z\d]{23}(?= |$)/)
          for (const line of offered) expect(widthOf(line)).to.be.at.most(columns)
        })
      }
    })
  }
})
