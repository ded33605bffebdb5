import {expect} from 'chai'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import widthOf from 'string-width'

import {ids} from '../astro-api/world.js'
import {type CliRun, type Env, newFolder, type Turn} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {createPlace, roleOnDeployment, rolesOf, stackLinesIn, tokenOf} from './support.js'

const {deployments, tokens, workspaces} = ids
const ENTER = '\r'
const DOWN = '\u001B[B'
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

const DEPLOYMENT = /Which Deployment\?[^]*billing/
const ANY_DEPLOYMENT = /Which Deployment\?[^]*❯[^]*to cancel/
const TOKEN = /Which token\?[^]*❯[^]*to cancel/

/** Colors, and sequences that move the cursor or clear the screen before a prompt is drawn again. */
const SEQUENCES = /\u001B\[[\d;?]*[A-Za-z]/g

/** A long name of wide, combining and right-to-left characters. */
const LONG = '本番環境 Zu\u0308rich مرحبا 👩\u200D👩\u200D👧 हिन्दी nightly load of everything, '.repeat(5)

describe('on a terminal', function () {
  this.timeout(60_000)
  const place = createPlace()

  beforeEach(place.open)

  afterEach(place.close)

  /** What a terminal shows, without escape sequences. */
  const answer = async (argv: readonly string[], turns: readonly Turn[], more: Env = {}): Promise<CliRun> => {
    const run = await place.onTerminal(argv, turns, {more})
    return {...run, stdout: stripVTControlCharacters(run.stdout)}
  }

  describe('prompts', () => {
    it('ask for the Deployment, with ID and Workspace, and for the token, with role, expiry and description', async () => {
      const {exit, stdout} = await answer(
        ['add', '--role', 'Log Reader'],
        [
          [DEPLOYMENT, 'finance bill'],
          [/finance bill\n[^]*billing/, ENTER],
          [TOKEN, 'ci-pipe'],
          [/ci-pipe\n[^]*ci-pipeline/, ENTER],
        ],
      )

      expect(exit).to.equal(0)
      const spaced = stdout.replaceAll(/ +/g, ' ')
      expect(spaced).to.contain(`billing ${deployments.billing} Finance`)
      expect(spaced).to.contain(`ci-pipeline ORGANIZATION_MEMBER never expires Deploys from CI ${tokens.ciPipeline}`)
      expect(spaced).to.contain(`Added ci-pipeline (${tokens.ciPipeline}) to Deployment billing`)
      const {api, operations} = place
      expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOnDeployment(deployments.billing, 'Log Reader'))
      expect(operations()).to.deep.equal(['listDeployments', 'listApiTokens', 'getApiToken', 'updateApiTokenRoles'])
    })

    it('prompt again if Enter arrives together with text, as in a paste, before the list is filtered', async () => {
      const {exit} = await answer(
        ['list'],
        [
          [DEPLOYMENT, `${DOWN}${DOWN}`],
          [/❯ ml-training/, `reports${ENTER}`],
          [/Again: Enter came before the list was filtered[^]*billing/, 'reports'],
          [/reports\n❯ reports/, ENTER],
        ],
      )

      expect(exit).to.equal(0)
      expect(place.api.requests[1]?.query).to.deep.include({deploymentId: deployments.reports})
    })

    it('offer to update only tokens that have a role on the Deployment, and mark that role', async () => {
      const {exit, stdout} = await answer(
        ['update', '--deployment-id', deployments.etlProd],
        [
          [TOKEN, `${DOWN}${ENTER}`],
          [/Which role\?[^]*❯[^]*to cancel/, 'log'],
          [/log\n[^]*❯ Log Reader/, ENTER],
        ],
      )

      expect(exit).to.equal(0)
      expect(stdout).to.match(/terraform +ORGANIZATION_OWNER +never expires +Made by another token/)
      expect(stdout).to.match(/DEPLOYMENT_ADMIN +\(current\)/)
      expect(stdout).not.to.contain('data-quality').and.not.to.contain('ci-pipeline')
      const {api} = place
      expect(rolesOf(api, tokens.deployBot)).to.deep.include(roleOnDeployment(deployments.etlProd, 'Log Reader'))
    })

    it('appear on stderr, so that the result can be piped', async () => {
      const file = join(newFolder(), 'out')
      const turns: readonly Turn[] = [
        [DEPLOYMENT, 'reports'],
        [/reports\n/, ENTER],
      ]
      const {exit} = await place.onTerminal(['list'], turns, {redirect: ` >'${file}'`})

      expect(exit).to.equal(0)
      const names = readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.split('\t')[1])
      expect(names).to.deep.equal(['NAME', 'Report viewer', 'deploy-bot', undefined])
    })

    for (const [what, key] of [
      ['Ctrl-C', CTRL_C],
      ['Ctrl-D', CTRL_D],
    ] as const) {
      it(`end the command with exit code 130 and one line after ${what}`, async () => {
        const {exit, stdout} = await answer(['add'], [[DEPLOYMENT, key]])

        expect(exit).to.equal(130)
        expect(stdout)
          .to.match(/\nCancelled\.\n$/)
          .and.not.contain('Error')
        expect(stackLinesIn(stdout)).to.deep.equal([])
        expect(place.operations()).to.deep.equal(['listDeployments'])
      })
    }

    for (const [what, typed, exit] of [
      ['y', `y${ENTER}`, 0],
      ['Enter', ENTER, 130],
      ['Ctrl-C', CTRL_C, 130],
    ] as const) {
      it(`show the plan before all Deployments change; after ${what}, the exit code is ${exit}`, async () => {
        const argv = ['add', tokens.ciPipeline, '--all-deployments', '--workspace-id', workspaces.finance]
        const question = /\? Give ci-pipeline DEPLOYMENT_ADMIN on 2 Deployments\? \(y\/N\)/
        const run = await answer(argv, [[question, typed]])

        expect(run.exit).to.equal(exit)
        expect(run.stdout).to.match(/reports +clz27bn7xj8b7tfq7xkwo886v +would add +\(none\) → DEPLOYMENT_ADMIN/)
        expect(run.stdout).to.contain(exit === 0 ? 'added' : 'Cancelled.')
        const added = [deployments.reports, deployments.billing].map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
        expect(rolesOf(place.api, tokens.ciPipeline).slice(1)).to.deep.equal(exit === 0 ? added : [])
      })
    }

    for (const [what, argv, message] of [
      ['the Deployment', ['list'], /No Deployment specified\.[^]*--deployment-id/],
      ['the token', ['add', '--deployment-id', deployments.billing], /No token specified\.[^]*--org-token-name/],
      ['confirmation', ['remove', tokens.deployBot, '--all-deployments'], /--all-deployments changes[^]*--yes/],
    ] as const) {
      it(`for ${what} do not appear in a pipe, in CI, on a dumb terminal or with --json: a usage error names the flag`, async () => {
        const {operations, run} = place
        const [asJson, ...runs] = await Promise.all([
          answer([...argv, '--json'], []),
          run(...argv),
          answer(argv, [], {CI: '1'}),
          answer(argv, [], {TERM: 'dumb'}),
        ])

        expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
        for (const {exit, stderr, stdout} of runs) {
          expect(exit).to.equal(2)
          expect(stdout + stderr).to.match(message)
        }

        expect(operations()).to.deep.equal([])
      })
    }
  })

  describe('of few columns', () => {
    beforeEach(() => {
      const {api} = place
      Object.assign(tokenOf(api, tokens.deployBot), {name: LONG, description: LONG, lastUsedAt: '2026-01-02T03:04:05Z'})
      for (const deployment of api.world.deployments) if (deployment.id === deployments.billing) deployment.name = LONG
    })

    for (const columns of [60, 80]) {
      for (const [what, argv, turns, id] of [
        ['list', ['list', '--deployment-id', deployments.etlProd], [], tokens.deployBot],
        ['list --all-deployments', ['list', '--all-deployments'], [], tokens.deployBot],
        ['a plan', ['add', tokens.deployBot, '--all-deployments', '--dry-run'], [], deployments.billing],
        ['the prompt for a Deployment', ['list'], [[ANY_DEPLOYMENT, CTRL_C]], deployments.billing],
        [
          'the prompt for a token',
          ['add', '--deployment-id', deployments.billing],
          [[TOKEN, CTRL_C]],
          tokens.deployBot,
        ],
      ] as const) {
        it(`fits ${columns} columns, and shows complete IDs: ${what}`, async () => {
          const {exit, stdout} = await place.onTerminal(argv, turns, {columns})

          expect(exit).to.equal(turns.length === 0 ? 0 : 130)
          const lines = stdout.replaceAll(SEQUENCES, '').split('\n')
          expect(lines.some((line) => line.includes(id))).to.equal(true)
          const choices = lines.filter((line) => /^[❯ ] \S/.test(line))
          if (turns.length > 0) expect(choices).to.have.length.above(4)
          for (const choice of choices) expect(choice).to.match(/ cl[a-z\d]{23}(?= |$)/)
          // The line about expired tokens, the text that is typed and a spinner may be longer.
          const fitting = turns.length > 0 ? choices : lines.filter((line) => !/expired \d|\.\.\./.test(line))
          for (const line of fitting) expect(widthOf(line)).to.be.at.most(columns)
        })
      }
    }
  })
})
