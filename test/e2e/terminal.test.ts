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
      expect(stdout).to.match(new RegExp(`billing +${deployments.billing} +Finance`))
      expect(stdout).to.match(
        new RegExp(`ci-pipeline +ORGANIZATION_MEMBER +never expires +Deploys from CI +${tokens.ciPipeline}`),
      )
      expect(stdout).to.contain(
        `Added ci-pipeline (${tokens.ciPipeline}) to Deployment billing (${deployments.billing})`,
      )
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

    describe('before all Deployments change', () => {
      const argv = ['add', tokens.ciPipeline, '--all-deployments', '--workspace-id', workspaces.finance]
      const CONSENT = /\? Give ci-pipeline DEPLOYMENT_ADMIN on 2 Deployments\? \(y\/N\)/

      it('show the plan, and the command continues after yes', async () => {
        const {exit, stdout} = await answer(argv, [[CONSENT, `y${ENTER}`]])

        expect(exit).to.equal(0)
        expect(stdout).to.match(/reports +clz27bn7xj8b7tfq7xkwo886v +would add +\(none\) → DEPLOYMENT_ADMIN/)
        const {api, operations} = place
        const added = [deployments.reports, deployments.billing].map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
        expect(rolesOf(api, tokens.ciPipeline)).to.deep.include.members(added)
        expect(operations().slice(0, 2)).to.deep.equal(['listDeployments', 'getApiToken'])
        expect(operations().slice(-2)).to.deep.equal(['getApiToken', 'updateApiTokenRoles'])
      })

      for (const [what, typed] of [
        ['Enter', ENTER],
        ['Ctrl-C', CTRL_C],
      ] as const) {
        it(`cancel the command after ${what}, and nothing is written`, async () => {
          const {exit, stdout} = await answer(argv, [[CONSENT, typed]])

          expect(exit).to.equal(130)
          expect(stdout).to.contain('Cancelled.')
          expect(place.operations()).not.to.include('updateApiTokenRoles')
        })
      }
    })

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
      it(`of ${columns} columns, every line of a table or a plan fits, and IDs are complete`, async () => {
        const runs = await Promise.all(
          [
            ['list', '--deployment-id', deployments.etlProd],
            ['list', '--all-deployments'],
            ['add', tokens.deployBot, '--all-deployments', '--dry-run'],
          ].map(async (argv) => place.onTerminal(argv, [], {columns})),
        )

        for (const [index, {exit, stdout}] of runs.entries()) {
          expect(exit).to.equal(0)
          expect(stdout).to.contain(index === 2 ? deployments.billing : tokens.deployBot)
          // The line about expired tokens and a spinner may be longer.
          for (const line of stdout.split('\n').filter((each) => !/expired \d|\.\.\./.test(each)))
            expect(widthOf(line.replaceAll(SEQUENCES, ''))).to.be.at.most(columns)
        }
      })

      it(`of ${columns} columns, each choice of a prompt fits on one line with its ID`, async () => {
        const {onTerminal} = place
        const runs = await Promise.all([
          onTerminal(['list'], [[ANY_DEPLOYMENT, CTRL_C]], {columns}),
          onTerminal(['add', '--deployment-id', deployments.billing], [[TOKEN, CTRL_C]], {columns}),
        ])

        for (const [index, {exit, stdout}] of runs.entries()) {
          expect(exit).to.equal(130)
          const lines = stdout.replaceAll(SEQUENCES, '').split('\n')
          expect(lines.join('\n')).to.contain(index === 0 ? deployments.billing : tokens.deployBot)
          const choices = lines.filter((line) => /^[❯ ] \S/.test(line))
          expect(choices).to.have.length.above(4)
          for (const choice of choices) {
            expect(choice).to.match(/ cl[a-z\d]{23}(?= |$)/)
            expect(widthOf(choice)).to.be.at.most(columns)
          }
        }
      })
    }
  })
})
