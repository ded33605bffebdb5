import {ux} from '@oclif/core'
import {expect} from 'chai'

import {bigWorldId} from '../../../astro-api/big-world.js'
import {ids, roleOnDeployment} from '../../../astro-api/world.js'
import {until} from '../../../support/until.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {deployments, tokens, workspaces} = ids
const {billing, etlProd, mlTraining, reports, sandbox} = deployments
const {ciPipeline, dataQuality, deployBot, nightlyTwin, reportViewer, terraform, unassigned} = tokens
const argv = ['--deployment-id', etlProd]
const HEADER = ['ID', 'NAME', 'DESCRIPTION', 'SCOPE', 'DEPLOYMENT_ROLE', 'CREATED', 'CREATED BY'].join('\t')
const UNSAFE_NAME = 'two\twords\u001B[31m'

const on = createEmulated()

/** Gives data-quality a role on a DAG of the Deployment, without one on the Deployment. */
const addDagRole = () => {
  const entry = {entityType: 'DAG', entityId: 'a_dag', deploymentId: etlProd, role: 'DAG_VIEWER'}
  on.token(dataQuality).roles = [...on.roles(dataQuality), entry]
}

/** Runs the audit view. Returns its rows as lines. */
const rows = async (...flags: string[]) => {
  const all = ['--all-deployments', '--no-header', '--columns=name,deployment_name,role', ...flags]
  const run = await on.run('list', all, {env: {ASTRO_DEPLOYMENT_ID: etlProd}})
  expect(run).to.deep.include({exit: 0, stderr: ''})
  return run.stdout.trim().split('\n')
}

describe('deployment organization-token list', () => {
  beforeEach(on.start)

  afterEach(on.stop)

  it('pipes tab-separated lines with a header, from one request, Organization tokens only', async () => {
    on.token(dataQuality).name = UNSAFE_NAME
    addDagRole()

    const run = await on.run('list', argv)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(run.stdout.split('\n')).to.deep.equal([
      HEADER,
      `${terraform}\tterraform\tMade by another token\tORGANIZATION\tLog Reader\t12 days ago\tdeploy-bot`,
      `${deployBot}\tdeploy-bot\tDeploys everywhere\tORGANIZATION\tDEPLOYMENT_ADMIN\t5 hours ago\tAda Byron`,
      `${dataQuality}\ttwo words\t\tORGANIZATION\t\t10 minutes ago\tAda Byron`,
      '',
    ])
    expect(on.sent()).to.deep.equal([`GET tokens?deploymentId=${etlProd}&${PAGE}`])
  })

  it('names expired tokens on stderr, only for a table on a terminal', async () => {
    on.token(terraform).endAt = new Date(Date.now() - 86_400_000).toISOString()

    const shown = await on.run('list', argv, {terminal: true})
    const asCsv = await on.run('list', [...argv, '--csv'], {terminal: true})
    const piped = await on.run('list', argv)

    expect(shown.stderr).to.equal(`The token terraform (${terraform}) expired 1 day ago.\n`)
    for (const {stderr} of [asCsv, piped]) expect(stderr).to.equal('')
  })

  it('prints the documented JSON, with the unchanged texts', async () => {
    const [endAt, lastUsedAt] = ['2027-01-02T03:04:05Z', '2026-01-02T03:04:05Z']
    const {createdAt} = Object.assign(on.token(terraform), {name: UNSAFE_NAME, endAt, lastUsedAt})
    addDagRole()

    const [exit, document] = await on.runJson('list', argv)

    expect(exit).to.equal(0)
    expect(document).to.deep.nested.include({
      deployment_id: etlProd,
      'tokens[0]': {
        id: terraform,
        name: UNSAFE_NAME,
        description: 'Made by another token',
        scope: 'ORGANIZATION',
        kind: 'STANDARD',
        role: 'Log Reader',
        created_at: createdAt,
        created_by: 'deploy-bot',
        updated_at: createdAt,
        expires_at: endAt,
        last_used_at: lastUsedAt,
      },
      'tokens[2].role': '',
    })
    expect(document).not.to.have.nested.property('tokens[2].expires_at')
  })

  it('succeeds with an empty list and a hint on stderr', async () => {
    const empty = ['--deployment-id', sandbox]
    on.token(dataQuality).scope = 'WORKSPACE'

    const stderr = `No Organization token has a role on Deployment ${sandbox}.\n`
    expect(await on.run('list', empty)).to.deep.include({exit: 0, stderr, stdout: `${HEADER}\n`})
    expect(await on.run('list', empty, {terminal: true})).to.deep.include({exit: 0, stderr, stdout: ''})
    expect(await on.runJson('list', empty)).to.deep.equal([0, {deployment_id: sandbox, tokens: []}])
  })

  it('reads every page, and shows on a terminal how many of them have arrived', async () => {
    const more = Array.from({length: 2500}, (_, index) => ({...on.token(deployBot), id: bigWorldId('token', index)}))
    on.api.world.tokens.push(...more)
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

    expect(run.stdout.match(/,deploy-bot,/g)).to.have.length(2501)
    expect(seen).to.deep.equal([
      [undefined, undefined],
      ['Reading tokens', '1 of 3 pages'],
      ['Reading tokens', '2 of 3 pages'],
    ])
    expect(ux.action.running).to.equal(false)
  })

  describe('with flags for the output', () => {
    beforeEach(() => {
      Object.assign(on.token(ciPipeline), {name: '=a', roles: [roleOnDeployment(billing, 'Log Reader')]})
    })

    const sorted = 'NAME\nnightly\n=a\n'
    const csv = "NAME,DEPLOYMENT_ROLE\r\n'=a,Log Reader\r\nnightly,Deploy Operator\r\n"
    for (const {flags, stdout, terminal = false} of [
      {flags: '--columns name,ID --sort created --no-header', stdout: `=a\t${ciPipeline}\nnightly\t${nightlyTwin}\n`},
      {flags: '--columns=name --sort -name', stdout: sorted},
      {flags: '--columns=name --sort=-name', stdout: sorted},
      // On a terminal too, and safe in a spreadsheet.
      {flags: '--columns=name,role --csv --sort=name', stdout: csv, terminal: true},
    ]) {
      it(`prints exactly the rows for ${flags}`, async () => {
        const run = await on.run('list', ['--deployment-id', billing, ...flags.split(' ')], {terminal})
        expect(run).to.deep.include({exit: 0, stderr: '', stdout})
      })
    }

    it('draws a table of the chosen columns on a terminal', async () => {
      const {stdout} = await on.run('list', ['--deployment-id', billing, '--columns=name,role'], {terminal: true})
      const rows = String.raw` +NAME +DEPLOYMENT_ROLE *\n ─+\n +=a +Log Reader *\n +nightly +Deploy Operator *\n`
      expect(stdout).to.match(new RegExp(`^${rows}$`))
    })
  })

  it('rejects two Deployments, unless both flags name the same one', async () => {
    const both = ['--deployment-id', reports, '--deployment-name']
    const stderr =
      'Error: list shows one Deployment, and the flags name several.\nName one Deployment, or use --all-deployments\n'
    expect(await on.run('list', [...both, 'billing'])).to.include({exit: 2, stderr})
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
        `GET tokens/${unassigned}`,
      ])
    })

    it('shows a token that only has roles on DAGs with an empty role', async () => {
      on.token(reportViewer).roles = on.roles(reportViewer).filter(({entityType}) => entityType !== 'DEPLOYMENT')
      expect(await rows('-n', 'Report viewer')).to.deep.equal(['Report viewer\treports'])
      const [, document] = await on.runJson('list', ['--all-deployments', '-n', 'Report viewer'])
      expect(document).to.have.nested.property('tokens[0].deployments[0].role', '')
    })

    it('filters by Workspace, role and name', async () => {
      const onBilling = 'nightly\tbilling\tDeploy Operator'
      const onReports = 'deploy-bot\treports\tDeploy Operator'
      const workspace = ['--workspace-id', ` ${workspaces.finance.toUpperCase()} `]
      expect(await rows(...workspace, '-r', 'Deploy Operator')).to.deep.equal([onBilling, onReports])
      expect(await rows(...workspace, '-n', 'deploy-bot')).to.deep.equal([onReports])
    })

    it('groups JSON by token', async () => {
      const [, document] = await on.runJson('list', ['--all-deployments', '--sort=name', '-r', 'Deploy Reader'])

      expect(document).to.have.all.keys('tokens').and.to.have.property('tokens').with.length(2)
      expect(document).to.deep.nested.include({
        'tokens[0].name': 'data-quality',
        'tokens[0].deployments': [{deployment_id: mlTraining, deployment_name: 'ml-training', role: 'Deploy Reader'}],
      })
      expect(document).not.to.have.nested.property('tokens[0].role')
    })

    it('succeeds without a match, with the default columns and a hint on stderr', async () => {
      const none = ['--all-deployments', '-n', 'ci-pipeline']
      const stderr = 'No Organization token has a matching role on a Deployment.\n'
      const stdout = 'ID\tNAME\tDEPLOYMENT_ID\tDEPLOYMENT_NAME\tDEPLOYMENT_ROLE\tEXPIRES\tLAST_USED\n'
      expect(await on.run('list', none)).to.deep.include({exit: 0, stderr, stdout})
      expect(await on.runJson('list', none)).to.deep.equal([0, {tokens: []}])
    })
  })
})
