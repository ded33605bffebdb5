import {expect} from 'chai'
import nock from 'nock'

import List from '../../../../src/commands/deployment/organization-token/list.js'
import {
  API,
  DEPLOYMENT_ID,
  deploymentRole,
  OTHER_DEPLOYMENT_ID,
  OTHER_ROLES,
  page,
  ROOT,
  token,
  tokenEnv,
} from '../../../support/fixtures.js'
import {json, runCommand} from '../../../support/run-command.js'

const env = tokenEnv()
const sorts = 'createdAt:asc'

const tokens = [
  token([deploymentRole('Deploy Reader')], {id: 'cltok1', name: 'b', createdAt: '2026-01-02T03:04:05Z'}),
  token([deploymentRole('r'), deploymentRole('Deploy Reader', OTHER_DEPLOYMENT_ID)], {
    id: 'cltok2',
    name: '=a',
    createdAt: '2026-01-01T03:04:05Z',
  }),
  token(OTHER_ROLES.slice(0, 2), {id: 'cltok3', name: 'nowhere'}),
]

function ofDeployment() {
  const items = tokens.slice(0, 2)
  return nock(API)
    .get(`${ROOT}/tokens`)
    .query({deploymentId: DEPLOYMENT_ID, limit: 1000, offset: 0, sorts})
    .reply(200, page('tokens', items))
}

/** The two requests of an audit; of the Workspace, where one is given. */
function ofAll(workspaceIds?: string) {
  return nock(API)
    .get(`${ROOT}/tokens`)
    .query({includeOnlyOrganizationTokens: true, limit: 1000, offset: 0, sorts})
    .reply(200, page('tokens', tokens))
    .get(`${ROOT}/deployments`)
    .query({limit: 1000, offset: 0, sorts, ...(workspaceIds && {workspaceIds})})
    .reply(
      200,
      page('deployments', [
        {id: DEPLOYMENT_ID, name: 'etl-prod'},
        ...(workspaceIds ? [] : [{id: OTHER_DEPLOYMENT_ID, name: 'reports'}]),
      ]),
    )
}

describe('the views of deployment organization-token list', () => {
  afterEach(() => {
    nock.cleanAll()
  })

  describe('on one Deployment', () => {
    const argv = ['--deployment-id', DEPLOYMENT_ID]

    it('shows the chosen columns of the chosen order, without a header', async () => {
      ofDeployment()

      const run = await runCommand(List, [...argv, '--columns', 'name,ID', '--sort', 'created', '--no-header'], {env})

      expect(run).to.deep.include({exit: 0, stderr: '', stdout: '=a\tcltok2\nb\tcltok1\n'})
    })

    for (const sort of [['--sort', '-name'], ['--sort=-name'], ['--sort', '-NAME'], ['--sort', ' -name']]) {
      it(`descends by ${sort.join(' ')}, which the parser would take for -n`, async () => {
        ofDeployment()

        const run = await runCommand(List, [...argv, ...sort, '--columns=name', '--no-header'], {env})

        expect(run).to.deep.include({exit: 0, stderr: '', stdout: 'b\n=a\n'})
      })
    }

    it('writes CSV that no spreadsheet runs, also on a terminal', async () => {
      ofDeployment()

      const run = await runCommand(List, [...argv, '--columns=name,role', '--csv'], {env, terminal: true})

      expect(run).to.deep.include({
        exit: 0,
        stderr: '',
        stdout: "NAME,DEPLOYMENT_ROLE\r\nb,Deploy Reader\r\n'=a,r\r\n",
      })
    })

    it('draws a table of the chosen columns', async () => {
      ofDeployment()

      const run = await runCommand(List, [...argv, '--columns=name,role'], {env, terminal: true})

      expect(run.stdout).to.match(/^ +NAME +DEPLOYMENT_ROLE *\n ─+\n +b +Deploy Reader *\n +=a +r *\n$/)
    })

    it('sorts JSON too', async () => {
      ofDeployment()

      const run = await runCommand(List, [...argv, '--sort=-id', '--json'], {env})

      expect(json(run)).to.have.nested.property('tokens[0].id', 'cltok2')
    })
  })

  describe('over all Deployments', () => {
    it('writes a row for each token and Deployment by two requests', async () => {
      const api = ofAll()

      const run = await runCommand(List, ['--all-deployments', '--columns=id,deployment_id,deployment_name,role'], {
        env: {...env, ASTRO_DEPLOYMENT_ID: 'clother'},
      })

      api.done()
      expect(run).to.deep.include({exit: 0, stderr: ''})
      expect(run.stdout.split('\n').map((line) => line.split('\t'))).to.deep.equal([
        ['ID', 'DEPLOYMENT_ID', 'DEPLOYMENT_NAME', 'DEPLOYMENT_ROLE'],
        ['cltok1', DEPLOYMENT_ID, 'etl-prod', 'Deploy Reader'],
        ['cltok2', DEPLOYMENT_ID, 'etl-prod', 'r'],
        ['cltok2', OTHER_DEPLOYMENT_ID, 'reports', 'Deploy Reader'],
        [''],
      ])
    })

    it('shows by default where a token has which role, when it expires and when it was last used', async () => {
      ofAll()

      const run = await runCommand(List, ['--all-deployments'], {env})

      expect(run.stdout.split('\n')[0]).to.equal(
        'ID\tNAME\tDEPLOYMENT_ID\tDEPLOYMENT_NAME\tDEPLOYMENT_ROLE\tEXPIRES\tLAST_USED',
      )
    })

    it('is narrowed by Workspace, role and name', async () => {
      const rows = async (argv: string[]) => {
        const run = await runCommand(List, ['--all-deployments', '--columns=id,deployment_name', ...argv], {env})
        expect(run.exit).to.equal(0)
        return run.stdout.trim().split('\n').slice(1)
      }

      ofAll('clwsp1')
      expect(await rows(['--workspace-id', ' CLWSP1 '])).to.deep.equal(['cltok1\tetl-prod', 'cltok2\tetl-prod'])
      ofAll()
      expect(await rows(['-r', 'Deploy Reader'])).to.deep.equal(['cltok1\tetl-prod', 'cltok2\treports'])
      ofAll()
      expect(await rows(['-n', '=a', '--sort', '-deployment_name'])).to.deep.equal([
        'cltok2\treports',
        'cltok2\tetl-prod',
      ])
    })

    it('groups JSON by token', async () => {
      ofAll()

      const run = await runCommand(List, ['--all-deployments', '--json', '--sort=name'], {env})

      const document = json(run)
      expect(document).to.have.all.keys('tokens').and.to.have.property('tokens').with.length(2)
      expect(document).to.have.deep.nested.property('tokens[0]', {
        id: 'cltok2',
        name: '=a',
        description: 'Runs the nightly load',
        scope: 'ORGANIZATION',
        kind: 'STANDARD',
        created_at: '2026-01-01T03:04:05Z',
        created_by: 'Jo Doe',
        updated_at: '2026-01-02T03:04:05Z',
        expires_at: '2027-01-02T03:04:05Z',
        deployments: [
          {deployment_id: DEPLOYMENT_ID, deployment_name: 'etl-prod', role: 'r'},
          {deployment_id: OTHER_DEPLOYMENT_ID, deployment_name: 'reports', role: 'Deploy Reader'},
        ],
      })
    })

    it('succeeds where there is none, with a hint on stderr', async () => {
      ofAll()
      const run = await runCommand(List, ['--all-deployments', '-r', 'Nobody', '--csv', '--no-header'], {env})
      expect(run).to.deep.include({
        exit: 0,
        stderr: 'No Organization token has a matching role on a Deployment.\n',
        stdout: '',
      })

      ofAll()
      const asJson = await runCommand(List, ['--all-deployments', '-n', 'nobody', '--json'], {env})
      expect(asJson).to.deep.include({exit: 0, stderr: ''})
      expect(json(asJson)).to.deep.equal({tokens: []})
    })
  })

  describe('refuses, before any request,', () => {
    const deployment = ['--deployment-id', DEPLOYMENT_ID]
    const cases: readonly (readonly [what: string, argv: readonly string[], words: RegExp])[] = [
      ['an unknown column', [...deployment, '--columns', 'id,owner'], /no column "owner"\. Columns: ID, NAME, DES/],
      [
        'an unknown column to sort by',
        [...deployment, '--sort', '-nme'],
        /no column "nme"\. Columns: ID, NAME, DES[^]*Did you mean NAME\?/,
      ],
      ['no column', [...deployment, '--columns', ''], /no column ""/],
      ['a column of the other view', [...deployment, '--columns', 'deployment_id'], /no column "deployment_id"/],
      ['--sort without a column', [...deployment, '--sort', '--csv'], /--sort expects a value/],
      [
        '--columns with --json',
        [...deployment, '--columns', 'id', '--json'],
        /--columns cannot be combined with --json/,
      ],
      ['--csv with --json', [...deployment, '--csv', '--json'], /--csv cannot be combined with --json/],
      [
        '--no-header with --json',
        [...deployment, '--no-header', '--json'],
        /--no-header cannot be combined with --json/,
      ],
      ['--all-deployments with --deployment-id', [...deployment, '--all-deployments'], /--deployment-id/],
      ['a name without --all-deployments', [...deployment, '-n', 'etl'], /--org-token-name requires --all-deployments/],
      ['a role without --all-deployments', [...deployment, '-r', 'r'], /--role requires --all-deployments/],
      ['an argument', [...deployment, 'etl', 'prod'], /list takes no argument: etl prod\./],
      ['an empty name', ['--all-deployments', '-n', ' '], /--org-token-name is empty/],
      ['an empty role', ['--all-deployments', '-r', ''], /--role is empty/],
      ['a Workspace that is no ID', ['--all-deployments', '--workspace-id', '../x'], /--workspace-id is not an ID/],
    ]
    for (const [what, argv, words] of cases) {
      it(what, async () => {
        const run = await runCommand(List, argv, {env})

        expect(run.exit).to.equal(2)
        const isJson = argv.includes('--json')
        expect(isJson ? run.stdout : run.stderr).to.match(words)
        expect(isJson ? run.stderr : run.stdout).to.equal('')
        if (isJson) expect(json(run)).to.have.nested.property('error.kind', 'usage')
      })
    }
  })
})
