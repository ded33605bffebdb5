import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readFileSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type CliRun, converse, type Env, runCli, type Turn} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {ownEnvFor, ownTmp, roleOn, rolesOf, stackLinesIn} from './support.js'

const {deployments, tokens, workspaces} = ids
const COMMAND = ['deployment', 'organization-token']
const ENTER = '\r'
const DOWN = '\u001B[B'
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

const DEPLOYMENT = /Which Deployment\?[^]*billing/
const TOKEN = /Which token\?[^]*❯[^]*to cancel/

describe('questions on a terminal', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  beforeEach(async () => {
    api = await startAstroApi()
    env = ownEnvFor(api)
  })

  afterEach(async () => {
    const {violations} = api
    await api.close()
    expect(violations).to.deep.equal([])
  })

  /** What a terminal shows of a command that is answered so, without the escape sequences. */
  const answered = async (argv: readonly string[], turns: readonly Turn[], more: Env = {}): Promise<CliRun> => {
    const run = await converse([...COMMAND, ...argv], {...env, ...more}, turns)
    return {...run, stdout: stripVTControlCharacters(run.stdout)}
  }

  const operations = () => api.requests.map(({operationId}) => operationId)

  it('prompts for the Deployment, with ID and Workspace, and for the token, with role, expiry and description', async () => {
    const run = await answered(
      ['add', '--role', 'Log Reader'],
      [
        [DEPLOYMENT, 'finance bill'],
        [/finance bill\n[^]*billing/, ENTER],
        [TOKEN, 'ci-pipe'],
        [/ci-pipe\n[^]*ci-pipeline/, ENTER],
      ],
    )

    expect(run.exit).to.equal(0)
    expect(run.stdout).to.match(new RegExp(`billing +${deployments.billing} +Finance`))
    expect(run.stdout).to.match(
      new RegExp(`ci-pipeline +ORGANIZATION_MEMBER +never expires +Deploys from CI +${tokens.ciPipeline}`),
    )
    expect(run.stdout).to.contain(
      `Added ci-pipeline (${tokens.ciPipeline}) to Deployment billing (${deployments.billing})`,
    )
    expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOn(deployments.billing, 'Log Reader'))
    expect(operations()).to.deep.equal(['listDeployments', 'listApiTokens', 'getApiToken', 'updateApiTokenRoles'])
  })

  it('asks again where Enter came in one with what was typed, as in a paste, before the list was narrowed', async () => {
    const run = await answered(
      ['list'],
      [
        [DEPLOYMENT, `reports${ENTER}`],
        [/Again: Enter came before the list was filtered[^]*billing/, 'reports'],
        [/reports\n❯ reports/, ENTER],
      ],
    )

    expect(run.exit).to.equal(0)
    expect(api.requests[1]?.query).to.deep.include({deploymentId: deployments.reports})
  })

  for (const command of ['update', 'remove']) {
    it(`offers to ${command} only tokens that have a role on the Deployment`, async () => {
      const argv = [
        command,
        '--deployment-id',
        deployments.etlProd,
        ...(command === 'update' ? ['--role', 'Log Reader'] : []),
      ]
      const run = await answered(argv, [[TOKEN, `${DOWN}${ENTER}`]])

      expect(run.exit).to.equal(0)
      expect(run.stdout).to.match(/terraform +ORGANIZATION_OWNER +never expires +Made by another token/)
      expect(run.stdout).to.match(/deploy-bot +ORGANIZATION_MEMBER +never expires +Deploys everywhere/)
      expect(run.stdout).not.to.contain('data-quality').and.not.to.contain('ci-pipeline')
      expect(run.stdout).to.contain(`deploy-bot (${tokens.deployBot})`)
    })
  }

  it('lets one pick among tokens of one name', async () => {
    const argv = ['add', '-n', 'nightly', '--deployment-id', deployments.reports, '--role', 'DEPLOYMENT_ADMIN']
    const run = await answered(argv, [[TOKEN, `${DOWN}${ENTER}`]])

    expect(run.exit).to.equal(0)
    expect(run.stdout).to.contain('The first of two').and.to.contain('The second of two')
    expect(rolesOf(api, tokens.nightlyTwin)).to.deep.include(roleOn(deployments.reports, 'DEPLOYMENT_ADMIN'))
  })

  it('asks again where the cursor was moved and Enter came in one with what was typed', async () => {
    const run = await answered(
      ['list'],
      [
        [DEPLOYMENT, `${DOWN}${DOWN}`],
        [/❯ ml-training/, `reports${ENTER}`],
        [/Again: Enter came before the list was filtered[^]*billing/, 'reports'],
        [/reports\n❯ reports/, ENTER],
      ],
    )

    expect(run.exit).to.equal(0)
    expect(api.requests[1]?.query).to.deep.include({deploymentId: deployments.reports})
  })

  it('prompts for the role of an update, and marks the present one', async () => {
    const argv = ['update', tokens.deployBot, '--deployment-id', deployments.etlProd]
    const run = await answered(argv, [
      [/Which role\?[^]*❯[^]*to cancel/, 'log'],
      [/log\n[^]*❯ Log Reader/, ENTER],
    ])

    expect(run.exit).to.equal(0)
    expect(run.stdout).to.match(/DEPLOYMENT_ADMIN +\(current\)/)
    expect(rolesOf(api, tokens.deployBot)).to.deep.include(roleOn(deployments.etlProd, 'Log Reader'))
  })

  it('asks on stderr, so that the result can be piped', async () => {
    const file = join(ownTmp(), 'out')
    const argv = [...COMMAND, 'list']
    const run = await converse(
      argv,
      env,
      [
        [DEPLOYMENT, 'reports'],
        [/reports\n/, ENTER],
      ],
      {redirect: ` >'${file}'`},
    )

    expect(run.exit).to.equal(0)
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.split('\t')[1]),
    ).to.deep.equal(['NAME', 'Report viewer', 'deploy-bot', undefined])
  })

  it('offers the Deployments of --workspace-id alone', async () => {
    const run = await answered(
      ['list', '--workspace-id', workspaces.finance],
      [[/Which Deployment\?[^]*❯[^]*to cancel/, ENTER]],
    )

    expect(run.exit).to.equal(0)
    expect(run.stdout).to.contain('reports').and.to.contain('billing').and.not.to.contain('etl-prod')
    expect(api.requests[0]?.query).to.deep.include({workspaceIds: workspaces.finance})
  })

  it('offers the Deployments of the login’s Workspace', async () => {
    const {accessToken} = api.login()
    const expiry = new Date(Date.now() + 3_600_000).toISOString()
    const lines = [
      `local: {core: "${api.url}"}`,
      'context: localhost',
      'contexts:',
      '  localhost:',
      `    token: Bearer ${accessToken}`,
      `    organization: ${ids.organization}`,
      `    workspace: ${workspaces.finance}`,
      `    expiresin: ${expiry}`,
    ]
    await writeFile(`${env.HOME ?? ''}/.astro/config.yaml`, `${lines.join('\n')}\n`)

    const turns: readonly Turn[] = [[/Which Deployment\?[^]*❯[^]*to cancel/, ENTER]]
    const run = await answered(['list'], turns, {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined})

    expect(run.exit).to.equal(0)
    expect(run.stdout).to.contain('billing').and.not.to.contain('etl-prod')
  })

  for (const [what, key] of [
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
  ] as const) {
    it(`ends with 130 and one line after ${what} at a question, and writes nothing`, async () => {
      const run = await answered(['add'], [[DEPLOYMENT, key]])

      expect(run.exit).to.equal(130)
      expect(run.stdout).to.match(/\nCancelled\.\n$/)
      expect(run.stdout).not.to.contain('Error')
      expect(stackLinesIn(run.stdout)).to.deep.equal([])
      expect(operations()).to.deep.equal(['listDeployments'])
    })
  }

  it('shows names that are made to deceive as one safe line', async () => {
    const deployment = api.world.deployments.find(({id}) => id === deployments.billing)
    if (deployment) deployment.name = 'billing\u001B]0;owned\u0007\u202E\n✔ done'

    const run = await converse([...COMMAND, 'list'], env, [[DEPLOYMENT, CTRL_C]])

    expect(run.stdout).to.contain(`billing\uFFFD ✔ done  ${deployments.billing}`).and.not.to.contain('owned')
  })

  describe('before all Deployments are changed', () => {
    const argv = ['add', tokens.ciPipeline, '--all-deployments', '--workspace-id', workspaces.finance]
    const CONSENT = /\? Give ci-pipeline DEPLOYMENT_ADMIN on 2 Deployments\? \(y\/N\)/

    it('says how many, and goes on after yes', async () => {
      const run = await answered(argv, [[CONSENT, `y${ENTER}`]])

      expect(run.exit).to.equal(0)
      expect(rolesOf(api, tokens.ciPipeline)).to.deep.include.members([
        roleOn(deployments.reports, 'DEPLOYMENT_ADMIN'),
        roleOn(deployments.billing, 'DEPLOYMENT_ADMIN'),
      ])
      // The plan reads the token, and which roles and Deployments exist.
      expect(operations().slice(0, 2)).to.deep.equal(['listDeployments', 'getApiToken'])
      expect(operations().slice(-2)).to.deep.equal(['getApiToken', 'updateApiTokenRoles'])
      expect(run.stdout).to.match(/reports +clz27bn7xj8b7tfq7xkwo886v +would add +\(none\) → DEPLOYMENT_ADMIN/)
    })

    for (const [what, typed] of [
      ['no', `n${ENTER}`],
      ['nothing', ENTER],
      ['Ctrl-C', CTRL_C],
    ] as const) {
      it(`ends with 130 after ${what}, and writes nothing`, async () => {
        const run = await answered(argv, [[CONSENT, typed]])

        expect(run.exit).to.equal(130)
        expect(run.stdout).to.contain('Cancelled.')
        expect(operations()).not.to.include('updateApiTokenRoles')
      })
    }
  })

  describe('are not asked', () => {
    const cases: readonly [string, readonly string[], RegExp][] = [
      ['for the Deployment', ['list'], /No Deployment specified\.[^]*--deployment-id/],
      ['for the token', ['add', '--deployment-id', deployments.billing], /No token specified\.[^]*--org-token-name/],
      ['for consent', ['remove', tokens.deployBot, '--all-deployments'], /--all-deployments changes[^]*--yes/],
    ]
    for (const [what, argv, message] of cases) {
      for (const [where, more, isPiped] of [
        ['into a pipe', {}, true],
        ['in CI', {CI: '1'}, false],
        ['on a terminal that cannot move its cursor', {TERM: 'dumb'}, false],
      ] as const) {
        it(`${what} ${where}: a usage error names the flag, and nothing is sent`, async () => {
          const run = isPiped ? await runCli([...COMMAND, ...argv], {...env, ...more}) : await answered(argv, [], more)

          expect(run.exit).to.equal(2)
          expect(run.stdout + run.stderr).to.match(message)
          expect(operations()).to.deep.equal([])
        })
      }

      it(`${what} with --json`, async () => {
        const run = await answered([...argv, '--json'], [])

        expect(run.exit).to.equal(2)
        expect(json(run)).to.have.nested.property('error.kind', 'usage')
        expect(operations()).to.deep.equal([])
      })
    }
  })

  it('takes the Deployment from the project, and says so', async () => {
    const project = ownTmp()
    mkdirSync(join(project, '.astro'))
    await writeFile(join(project, '.astro', 'config.yaml'), `project: {deployment: ${deployments.billing}}\n`)

    const run = await runCli([...COMMAND, 'list'], env, project)

    expect(run.exit).to.equal(0)
    expect(run.stderr).to.equal(`Deployment ${deployments.billing} (from ${join(project, '.astro', 'config.yaml')})\n`)
    expect(run.stdout).to.contain('nightly')
  })

  it('takes no Deployment from a FIFO in the place of the project’s file, and does not wait for it', async () => {
    const project = ownTmp()
    mkdirSync(join(project, '.astro'))
    const fifo = join(project, '.astro', 'config.yaml')
    execFileSync('mkfifo', [fifo])

    const run = await runCli([...COMMAND, 'list', '--json'], env, project)

    expect(run.exit).to.equal(2)
    expect(run.stderr).to.equal(`Warning: The project's config file ${fifo} is not a regular file and is skipped.\n`)
    expect(json(run)).to.have.nested.property('error.kind', 'usage')
  })
})
