import {ux} from '@oclif/core'
import {expect} from 'chai'

import {bigWorldId} from '../../../astro-api/big-world.js'
import {ids, roleOnDeployment} from '../../../astro-api/world.js'
import {until} from '../../../support/until.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {deployments, tokens, workspaces} = ids
const argv = ['--deployment-id', deployments.etlProd]
const cellsOf = (text: string) => text.split('\n').map((line) => line.split('\t'))
const HEADER = ['ID', 'NAME', 'DESCRIPTION', 'SCOPE', 'DEPLOYMENT_ROLE', 'CREATED', 'CREATED BY']

const on = createEmulated()
/** The rows of the audit view, as lines. */
const rows = async (...flags: string[]) => {
  const columns = '--columns=name,deployment_name,role'
  const run = await on.run('list', ['--all-deployments', '--no-header', columns, ...flags], {
    env: {ASTRO_DEPLOYMENT_ID: deployments.etlProd},
  })
  expect(run).to.deep.include({exit: 0, stderr: ''})
  return run.stdout.trim().split('\n')
}

describe('deployment organization-token list', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  /** Puts so many more tokens on the Deployment. */
  const addTokens = (count: number) => {
    for (let index = 0; index < count; index++) {
      on.api.world.tokens.push({...on.token(tokens.deployBot), id: bigWorldId('token', index)})
    }
  }

  /** Gives data-quality a role on a DAG of the Deployment, without one on the Deployment. */
  const addDagRole = () => {
    const entry = {entityType: 'DAG', entityId: 'a_dag', deploymentId: deployments.etlProd, role: 'DAG_VIEWER'}
    on.token(tokens.dataQuality).roles = [...on.roles(tokens.dataQuality), entry]
  }

  it('pipes tab-separated lines with a header, from one request, Organization tokens only', async () => {
    on.token(tokens.dataQuality).name = 'two\twords\u001B[31m'
    addDagRole()

    const run = await on.run('list', argv)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(cellsOf(run.stdout)).to.deep.equal([
      HEADER,
      [
        tokens.terraform,
        'terraform',
        'Made by another token',
        'ORGANIZATION',
        'Log Reader',
        '12 days ago',
        'deploy-bot',
      ],
      [
        tokens.deployBot,
        'deploy-bot',
        'Deploys everywhere',
        'ORGANIZATION',
        'DEPLOYMENT_ADMIN',
        '5 hours ago',
        'Ada Byron',
      ],
      [tokens.dataQuality, 'two words', '', 'ORGANIZATION', '', '10 minutes ago', 'Ada Byron'],
      [''],
    ])
    expect(on.sent()).to.deep.equal([`GET tokens?deploymentId=${deployments.etlProd}&${PAGE}`])
  })

  it('draws a table on a terminal', async () => {
    const run = await on.run('list', argv, {terminal: true})

    const [header, rule, first] = run.stdout.split('\n').filter((line) => line.trim())
    expect(header).to.match(/ID +NAME +DESCRIPTION +SCOPE +DEPLOYMENT_ROLE +CREATED +CREATED BY/)
    expect(rule).to.match(/^[ ─]+$/)
    expect(first).to.match(/clz50mwufxbv932byv7s6ehog +terraform .*Log Reader +12 days ago +deploy-bot/)
  })

  it('names expired tokens on stderr, only on a terminal and without an EXPIRES column', async () => {
    on.token(tokens.terraform).endAt = new Date(Date.now() - 86_400_000).toISOString()

    const shown = await on.run('list', argv, {terminal: true})
    const withExpiry = await on.run('list', [...argv, '--columns', 'name,expires'], {terminal: true})
    const asCsv = await on.run('list', [...argv, '--csv'], {terminal: true})
    const piped = await on.run('list', argv)

    expect(shown.stderr).to.equal(`The token terraform (${tokens.terraform}) expired 1 day ago.\n`)
    expect(withExpiry.stdout).to.contain('expired 1 day ago')
    for (const {stderr} of [withExpiry, asCsv, piped]) expect(stderr).to.equal('')
  })

  it('prints the documented JSON, with the unchanged texts', async () => {
    const name = 'two\twords\u001B[31m'
    Object.assign(on.token(tokens.terraform), {name, endAt: '2027-01-02T03:04:05Z', lastUsedAt: '2026-01-02T03:04:05Z'})
    const {createdAt} = on.token(tokens.terraform)
    addDagRole()

    const [exit, document] = await on.runJson('list', argv)

    expect(exit).to.equal(0)
    expect(document).to.have.property('deployment_id', deployments.etlProd)
    expect(document).to.have.deep.nested.property('tokens[0]', {
      id: tokens.terraform,
      name,
      description: 'Made by another token',
      scope: 'ORGANIZATION',
      kind: 'STANDARD',
      role: 'Log Reader',
      created_at: createdAt,
      created_by: 'deploy-bot',
      updated_at: createdAt,
      expires_at: '2027-01-02T03:04:05Z',
      last_used_at: '2026-01-02T03:04:05Z',
    })
    expect(document).to.have.nested.property('tokens[2].role', '')
    expect(document).not.to.have.nested.property('tokens[2].expires_at')
  })

  it('succeeds with an empty list and a hint on stderr', async () => {
    const empty = ['--deployment-id', deployments.sandbox]
    on.token(tokens.dataQuality).scope = 'WORKSPACE'

    const piped = await on.run('list', empty)
    const shown = await on.run('list', empty, {terminal: true})
    const [exit, document] = await on.runJson('list', empty)

    const stderr = `No Organization token has a role on Deployment ${deployments.sandbox}.\n`
    expect(piped).to.deep.include({exit: 0, stderr, stdout: `${HEADER.join('\t')}\n`})
    expect(shown).to.deep.include({exit: 0, stderr, stdout: ''})
    expect([exit, document]).to.deep.equal([0, {deployment_id: deployments.sandbox, tokens: []}])
  })

  it('reports an unknown Deployment, although the API lists no tokens for it', async () => {
    const id = `${deployments.sandbox}x`
    on.api.inject({operationId: 'listApiTokens', action: {kind: 'body', body: '{"tokens": [], "totalCount": 0}'}})

    const [exit, document] = await on.runJson('list', ['--deployment-id', id])

    expect(exit).to.equal(3)
    expect(document).to.deep.equal({
      error: {
        kind: 'not_found',
        message: `No Deployment has the ID ${id}.`,
        exit: 3,
        hint: `Did you mean ${deployments.sandbox} (sandbox)?`,
        candidates: [{id: deployments.sandbox, name: 'sandbox'}],
      },
    })
    const afterList = [`GET deployments?deploymentIds=${id}&${PAGE}`, `GET deployments?${PAGE}`]
    expect(on.sent().slice(1)).to.deep.equal(afterList)
  })

  it('reads every page, and shows on a terminal how many of them have arrived', async () => {
    addTokens(2500)
    const seen: unknown[] = []
    // Each page is held back until the spinner shows the one before.
    const isReady = [() => true, () => ux.action.status === '2 of 3 pages', () => ux.action.running]
    for (const holds of isReady) {
      const run = async () => {
        await until(holds)
        seen.push([ux.action.task?.action, ux.action.status])
      }

      on.api.inject({operationId: 'listApiTokens', action: {kind: 'act', run}})
    }

    const run = await on.run('list', [...argv, '--csv'], {terminal: true})

    expect(run.stdout.split('\n').filter((line) => line.includes(',deploy-bot,'))).to.have.length(2501)
    expect(seen).to.deep.equal([
      [undefined, undefined],
      ['Reading tokens', '1 of 3 pages'],
      ['Reading tokens', '2 of 3 pages'],
    ])
    expect(ux.action.running).to.equal(false)
  })

  describe('with flags for the output', () => {
    const inBilling = ['--deployment-id', deployments.billing]

    beforeEach(() => {
      on.token(tokens.ciPipeline).name = '=a'
      on.token(tokens.ciPipeline).roles = [roleOnDeployment(deployments.billing, 'Log Reader')]
    })

    for (const [title, flags, stdout] of [
      [
        'prints the chosen columns in the chosen order, without a header',
        ['--columns', 'name,ID', '--sort', 'created', '--no-header'],
        `=a\t${tokens.ciPipeline}\nnightly\t${tokens.nightlyTwin}\n`,
      ],
      ...[['--sort', '-name'], ['--sort=-name'], ['--sort', '-NAME'], ['--sort', ' -name']].map(
        (sort) =>
          [
            `sorts in descending order with ${sort.join(' ')}`,
            [...sort, '--columns=name', '--no-header'],
            'nightly\n=a\n',
          ] as const,
      ),
      [
        'prints CSV that no spreadsheet evaluates',
        ['--columns=name,role', '--csv', '--sort=name'],
        "NAME,DEPLOYMENT_ROLE\r\n'=a,Log Reader\r\nnightly,Deploy Operator\r\n",
      ],
    ] as const) {
      it(title, async () => {
        const run = await on.run('list', [...inBilling, ...flags])
        expect(run).to.deep.include({exit: 0, stderr: '', stdout})
      })
    }

    it('draws a table of the chosen columns, but not with --csv', async () => {
      const table = await on.run('list', [...inBilling, '--columns=name,role'], {terminal: true})
      const csv = await on.run('list', [...inBilling, '--columns=name', '--csv'], {terminal: true})

      expect(table.stdout).to.match(
        /^ +NAME +DEPLOYMENT_ROLE *\n ─+\n +=a +Log Reader *\n +nightly +Deploy Operator *\n$/,
      )
      expect(csv.stdout).to.equal("NAME\r\n'=a\r\nnightly\r\n")
    })
  })

  it('rejects two Deployments, unless both flags name the same one', async () => {
    const both = ['--deployment-id', deployments.reports, '--deployment-name']
    const {exit, stderr} = await on.run('list', [...both, 'billing'])
    expect([exit, stderr]).to.deep.equal([
      2,
      'Error: list shows one Deployment, and the flags name several.\nName one Deployment, or use --all-deployments\n',
    ])
    expect(await on.run('list', [...both, 'reports'])).to.include({exit: 0, stderr: ''})
  })

  describe('over all Deployments', () => {
    it('prints a row for each token and Deployment, from two lists and the one token without roles there', async () => {
      expect(await rows('--sort=deployment_name')).to.deep.equal([
        'nightly\tbilling\tDeploy Operator',
        'terraform\tetl-prod\tLog Reader',
        'deploy-bot\tetl-prod\tDEPLOYMENT_ADMIN',
        'old-ci\tetl-staging\tDEPLOYMENT_ADMIN',
        'deploy-bot\tetl-staging\tDeploy Reader',
        'data-quality\tml-training\tDeploy Reader',
        'Report viewer\treports\tDEPLOYMENT_ACCESSOR',
        'deploy-bot\treports\tDeploy Operator',
        'data-quality\tsandbox\tDEPLOYMENT_ADMIN',
      ])
      expect(on.sent()).to.have.members([
        `GET tokens?includeOnlyOrganizationTokens=true&${PAGE}`,
        `GET deployments?${PAGE}`,
        `GET tokens/${tokens.unassigned}`,
      ])
    })

    it('shows a token that only has roles on DAGs with an empty role', async () => {
      const {reportViewer} = tokens
      on.token(reportViewer).roles = on.roles(reportViewer).filter(({entityType}) => entityType !== 'DEPLOYMENT')
      expect(await rows('-n', 'Report viewer')).to.deep.equal(['Report viewer\treports'])
      const [, document] = await on.runJson('list', ['--all-deployments', '-n', 'Report viewer'])
      expect(document).to.have.nested.property('tokens[0].deployments[0].role', '')
    })

    it('filters by Workspace, role and name', async () => {
      const operators = ['nightly\tbilling\tDeploy Operator', 'deploy-bot\treports\tDeploy Operator']
      const inFinance = operators.toSpliced(1, 0, 'Report viewer\treports\tDEPLOYMENT_ACCESSOR')
      expect(await rows('--workspace-id', ` ${workspaces.finance.toUpperCase()} `)).to.deep.equal(inFinance)
      expect(await rows('-r', 'Deploy Operator')).to.deep.equal(operators)
      expect(await rows('-n', 'data-quality', '--sort', '-deployment_name')).to.deep.equal([
        'data-quality\tsandbox\tDEPLOYMENT_ADMIN',
        'data-quality\tml-training\tDeploy Reader',
      ])
    })

    it('shows by default the Deployments, the expiry and the last use', async () => {
      const {stdout} = await on.run('list', ['--all-deployments'])
      const header = ['ID', 'NAME', 'DEPLOYMENT_ID', 'DEPLOYMENT_NAME', 'DEPLOYMENT_ROLE', 'EXPIRES', 'LAST_USED']
      expect(cellsOf(stdout)[0]).to.deep.equal(header)
    })

    it('groups JSON by token', async () => {
      const [, document] = await on.runJson('list', ['--all-deployments', '--sort=name', '-r', 'Deploy Reader'])

      expect(document).to.have.all.keys('tokens').and.to.have.property('tokens').with.length(2)
      const {mlTraining} = deployments
      expect(document).to.deep.nested.include({
        'tokens[0].name': 'data-quality',
        'tokens[0].deployments': [{deployment_id: mlTraining, deployment_name: 'ml-training', role: 'Deploy Reader'}],
      })
      expect(document).not.to.have.nested.property('tokens[0].role')
    })

    it('succeeds without a match, with a hint on stderr', async () => {
      const argv = ['--all-deployments', '-n', 'ci-pipeline']
      const run = await on.run('list', [...argv, '--csv', '--no-header'])
      const stderr = 'No Organization token has a matching role on a Deployment.\n'
      expect(run).to.deep.include({exit: 0, stderr, stdout: ''})
      expect(await on.runJson('list', argv)).to.deep.equal([0, {tokens: []}])
    })

    it('fails for a filter that names nothing that exists, with the closest names', async () => {
      for (const [flag, value, message] of [
        ['-n', 'ci-pipelin', 'No Organization token is named "ci-pipelin".'],
        ['-r', 'Deploy Raeder', 'No Deployment role is named "Deploy Raeder".'],
        ['--workspace-id', 'clnone', 'No Deployment is visible in a Workspace with the ID clnone.'],
      ] as const) {
        const [exit, document] = await on.runJson('list', ['--all-deployments', flag, value])
        expect(exit).to.equal(3)
        expect(document).to.deep.nested.include({'error.kind': 'not_found', 'error.message': message})
      }
    })
  })
})
