import {expect} from 'chai'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

import {ids} from '../astro-api/world.js'
import {type Env, newFolder, type Turn} from '../support/run-cli.js'
import {createPlace, roleOnDeployment, rolesOf} from './support.js'

const {deployments, tokens, workspaces} = ids
const ENTER = '\r'
const DOWN = '\u001B[B'
const CTRL_C = '\u0003'

const DEPLOYMENT = /Which Deployment\?[^]*billing/
const TOKEN = /Which token\?[^]*❯[^]*to cancel/

describe('on a terminal', function () {
  this.timeout(60_000)
  const place = createPlace()

  beforeEach(place.open)

  afterEach(place.close)

  /** What a terminal shows, without escape sequences. */
  const answer = async (argv: readonly string[], turns: readonly Turn[], more: Env = {}) => {
    const {exit, stdout} = await place.onTerminal(argv, turns, {more})
    return {exit, stdout: stripVTControlCharacters(stdout)}
  }

  it('prompts for the Deployment, with ID and Workspace, and the token, with role, expiry and description', async () => {
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
    expect(spaced).to.contain(`billing Finance ${deployments.billing}`)
    expect(spaced).to.contain(`ci-pipeline never expires Deploys from CI ${tokens.ciPipeline}`)
    expect(spaced).to.contain(`Added ci-pipeline (${tokens.ciPipeline}) to Deployment billing`)
    const {api, operations} = place
    expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOnDeployment(deployments.billing, 'Log Reader'))
    expect(operations()).to.deep.equal(['listDeployments', 'listApiTokens', 'getApiToken', 'updateApiTokenRoles'])
  })

  it('prompts again if Enter arrives together with text, as in a paste, before the list is filtered', async () => {
    const {exit} = await answer(
      ['list'],
      [
        [DEPLOYMENT, `${DOWN}${DOWN}${DOWN}`],
        [/❯ ml-training/, `reports${ENTER}`],
        [/Again: Enter came before the list was filtered[^]*billing/, 'reports'],
        [/reports\n❯ reports/, ENTER],
      ],
    )

    expect(exit).to.equal(0)
    expect(place.api.requests[1]?.query).to.deep.include({deploymentId: deployments.reports})
  })

  it('offers to update only tokens that have a role on the Deployment, and marks that role', async () => {
    const {exit, stdout} = await answer(
      ['update', '--deployment-id', deployments.etlProd],
      [
        [TOKEN, ENTER],
        [/Which role\?[^]*❯[^]*to cancel/, 'log'],
        [/log\n[^]*❯ Log Reader/, ENTER],
      ],
    )

    expect(exit).to.equal(0)
    expect(stdout).to.match(
      /deploy-bot +DEPLOYMENT_ADMIN +never expires[^]*terraform +\S.* +never expires +Made by another token/,
    )
    expect(stdout).to.match(/DEPLOYMENT_ADMIN +\(current\)/)
    expect(stdout).not.to.contain('data-quality').and.not.to.contain('ci-pipeline')
    const {api} = place
    expect(rolesOf(api, tokens.deployBot)).to.deep.include(roleOnDeployment(deployments.etlProd, 'Log Reader'))
  })

  for (const {what, typed, exit} of [
    {what: 'y', typed: `y${ENTER}`, exit: 0},
    {what: 'Enter', typed: ENTER, exit: 130},
  ]) {
    it(`asks before it removes a role on a Deployment that was picked, and exits with ${exit} after ${what}`, async () => {
      const before = rolesOf(place.api, tokens.deployBot)
      const {operations} = place
      const run = await answer(
        ['remove', tokens.deployBot],
        [
          [/Which Deployment\?[^]*❯/, 'reports'],
          [/reports\n❯ reports/, ENTER],
          [/\? Remove deploy-bot's role Deploy Operator on reports\? \(y\/N\)/, typed],
        ],
      )

      expect(run.exit).to.equal(exit)
      expect(run.stdout).to.contain(exit === 0 ? 'Removed deploy-bot' : 'Cancelled.')
      const removed = roleOnDeployment(deployments.reports, 'Deploy Operator')
      const left = before.filter(({entityId}) => exit === 130 || entityId !== removed.entityId)
      expect(rolesOf(place.api, tokens.deployBot)).to.deep.equal(left)
      expect(operations().includes('updateApiTokenRoles')).to.equal(exit === 0)
    })
  }

  it('offers to update only Deployments where the named token has a role, with that role', async () => {
    const {exit, stdout} = await answer(
      ['update', tokens.deployBot],
      [
        [/Which Deployment\?[^]*❯/, 'operator'],
        [/operator\n❯ reports/, ENTER],
        [/Which role\?[^]*❯[^]*to cancel/, 'log'],
        [/log\n[^]*❯ Log Reader/, ENTER],
      ],
    )

    expect(exit).to.equal(0)
    expect(stdout).to.match(/❯ etl-prod +DEPLOYMENT_ADMIN [^]*reports +Deploy Operator /)
    expect(stdout)
      .to.match(/Deploy Operator +\(current\)/)
      .and.not.to.contain('billing')
    expect(rolesOf(place.api, tokens.deployBot)).to.deep.include(roleOnDeployment(deployments.reports, 'Log Reader'))
  })

  it('prompts on stderr, so that the result can be piped', async () => {
    const file = join(newFolder(), 'out')
    const turns: readonly Turn[] = [
      [DEPLOYMENT, 'reports'],
      [/reports\n/, ENTER],
    ]
    const {exit} = await place.onTerminal(['list'], turns, {redirect: ` >'${file}'`})

    expect(exit).to.equal(0)
    expect(readFileSync(file, 'utf8').match(/(?<=^\S+\t)[^\t]+/gm)).to.deep.equal([
      'NAME',
      'Report viewer',
      'deploy-bot',
    ])
  })

  it('exits with 130 and one line after Ctrl-C at a prompt', async () => {
    const {exit, stdout} = await answer(['add'], [[DEPLOYMENT, CTRL_C]])

    expect(exit).to.equal(130)
    expect(stdout).to.match(/\nCancelled\.\n$/)
    expect(stdout).not.to.match(/Error|^\s+at /m)
    expect(place.operations()).to.deep.equal(['listDeployments'])
  })

  for (const [what, typed, exit] of [
    ['y', `y${ENTER}`, 0],
    ['Enter', ENTER, 130],
  ] as const) {
    it(`shows the plan before all Deployments change, and exits with ${exit} after ${what}`, async () => {
      const argv = ['add', tokens.ciPipeline, '--all-deployments', '--workspace-id', workspaces.finance]
      const question = /\? Give ci-pipeline the role DEPLOYMENT_ADMIN on 2 Deployments\? \(y\/N\)/
      const run = await answer(argv, [[question, typed]])

      expect(run.exit).to.equal(exit)
      expect(run.stdout).to.match(/reports +clz27bn7xj8b7tfq7xkwo886v +\(none\) → DEPLOYMENT_ADMIN\n[^]*\nAdd 2\n/)
      expect(run.stdout).to.contain(exit === 0 ? 'Added 2' : 'Cancelled.')
      const added = [deployments.reports, deployments.billing].map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
      expect(rolesOf(place.api, tokens.ciPipeline).slice(1)).to.deep.equal(exit === 0 ? added : [])
    })
  }

  for (const [title, flags, env] of [
    ['in CI', [], {CI: '1'}],
    ['on a dumb terminal', [], {TERM: 'dumb'}],
    ['with --json', ['--json'], {}],
  ] as const) {
    it(`does not prompt ${title}: a usage error names the flag`, async () => {
      const {exit, stdout} = await answer(['remove', tokens.deployBot, '--all-deployments', ...flags], [], env)

      expect(exit).to.equal(2)
      expect(stdout).to.match(/--all-deployments changes[^]*--yes/)
      expect(place.operations()).to.deep.equal([])
    })
  }
})
