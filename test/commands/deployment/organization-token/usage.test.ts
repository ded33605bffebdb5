import {expect} from 'chai'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {ids} from '../../../astro-api/world.js'
import {jwt} from '../../../lib/support.js'
import {newFolder} from '../../../support/run-cli.js'
import {json} from '../../../support/run-command.js'
import {createEmulated} from '../../emulated.js'

const ON_ETL = ['--deployment-id', ids.deployments.etlProd]
const TOKEN_ID = ids.tokens.ciPipeline

interface UsageCase {
  readonly argv: readonly string[]
  readonly message: string
  readonly hint?: string
}

const HELP = 'organization-token add --help'

const ADD_CASES: readonly UsageCase[] = [
  {argv: ON_ETL, message: 'No token specified.'},
  {argv: [TOKEN_ID], message: 'No Deployment specified.', hint: '--all-deployments'},
  {argv: [TOKEN_ID, '-n', 'x', ...ON_ETL], message: 'The token is specified twice'},
  {argv: ['../users/x', ...ON_ETL], message: 'TOKEN-ID is not an ID: "../users/x".'},
  {argv: ["it's mine", ...ON_ETL], message: 'TOKEN-ID is not an ID', hint: String.raw`'it'\''s mine'`},
  {argv: ['', ...ON_ETL], message: 'TOKEN-ID is empty.'},
  {argv: ['-n', '', ...ON_ETL], message: '--org-token-name is empty.'},
  {argv: [TOKEN_ID, '-r', ' ', ...ON_ETL], message: '--role is empty.'},
  {argv: [TOKEN_ID, '--deployment-id', ''], message: '--deployment-id is empty.'},
  {argv: [TOKEN_ID, '--deployment', 'a/b'], message: '--deployment-id is not an ID'},
  {
    argv: [TOKEN_ID, '--all-deployments', ...ON_ETL],
    message: '--deployment-id cannot be combined with --all-deployments.',
  },
  {
    argv: [TOKEN_ID, '--all-deployments', '--deployment-name', 'a'],
    message: '--deployment-name cannot be combined with --all-deployments.',
  },
  {
    argv: ['--dry-rum=x', TOKEN_ID],
    message: 'Unknown flag: --dry-rum.',
    hint: `Did you mean --dry-run? See the flags: astro deployment ${HELP}`,
  },
  {argv: ['-dry-run', '-q', TOKEN_ID], message: 'Unknown flags: -dry-run, -q.', hint: 'Did you mean --dry-run?'},
  {argv: [TOKEN_ID, '--deployment-id'], message: '--deployment-id needs a value.'},
  {argv: [TOKEN_ID, '-r', 'a', '-r', 'b'], message: '--role can be used only once.'},
  {argv: [TOKEN_ID, '--help=1'], message: '--help takes no value.'},
  {argv: [TOKEN_ID, '-yy=true'], message: '--yes takes no value.'},
  {argv: [TOKEN_ID, 'another', ...ON_ETL], message: 'Unexpected argument: another.'},
  ...['--dry-run=true', '--yes=false', '-y=true', '--json=true'].map((flag) => ({
    argv: [flag, '-n', 'ci-pipeline', ...ON_ETL],
    message: `${flag.startsWith('-y') ? '--yes' : flag.replace(/=.*/, '')} takes no value.`,
  })),
  ...['abc', '0', '61', '1.5'].map((seconds) => ({
    argv: [TOKEN_ID, ...ON_ETL, '--settle', seconds],
    message: `--settle is not a whole number from 1 to 60: "${seconds}".`,
  })),
  {
    argv: [TOKEN_ID, ...ON_ETL, '-o', 'yaml'],
    message: '--output is not json or text: "yaml".',
    hint: 'Use --json for JSON; list also has --csv',
  },
]

const LIST_CASES: readonly UsageCase[] = [
  {argv: [...ON_ETL, '--columns', 'id,owner'], message: 'There is no column "owner". Columns: ID, NAME, DES'},
  {argv: [...ON_ETL, '--sort', '-nme'], message: 'There is no column "nme"', hint: 'Did you mean NAME?'},
  {argv: [...ON_ETL, '--columns', 'deployment_id'], message: 'There is no column "deployment_id"'},
  {argv: [...ON_ETL, '--sort', '--csv'], message: '--sort needs a value.'},
  {argv: [...ON_ETL, '-n', 'etl'], message: '--org-token-name requires --all-deployments.'},
  {argv: [...ON_ETL, '-r', 'r'], message: '--role requires --all-deployments.'},
  {argv: [...ON_ETL, 'etl', 'prod'], message: 'list takes no argument: etl prod.'},
  {argv: ['--all-deployments', '--workspace', '../x'], message: '--workspace-id is not an ID'},
]

const on = createEmulated()

describe('usage errors before anything is sent', () => {
  before(on.start)

  after(on.stop)

  afterEach(() => {
    expect(on.sent()).to.deep.equal([])
    on.reset()
  })

  for (const [command, cases] of [
    ['add', ADD_CASES],
    ['list', LIST_CASES],
  ] as const) {
    for (const {argv, hint = '', message} of cases) {
      it(`of ${command}, in both forms: ${message}`, async () => {
        const plain = await on.run(command, argv)
        const asJson = await on.run(command, ['--json', ...argv])

        expect(plain).to.deep.include({exit: 2, stdout: ''})
        expect(plain.stderr)
          .to.match(/^Error: .+\n.{10,}\n$/)
          .and.contain(`Error: ${message}`)
          .and.contain(hint)
        expect(plain.error).to.deep.include({oclif: {exit: 2}, skipOclifErrorHandling: true})
        expect(asJson).to.deep.include({exit: 2, stderr: ''})
        expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
      })
    }
  }

  for (const flag of ['--columns=id', '--csv', '--no-header']) {
    it(`list rejects ${flag} with --json`, async () => {
      const [exit, document] = await on.runJson('list', [...ON_ETL, flag])
      expect(exit).to.equal(2)
      const message = `${flag.replace('=id', '')} cannot be combined with --json.`
      expect(document).to.have.nested.property('error.message', message)
    })
  }

  for (const argv of [
    ['-o', 'json'],
    ['-o=json'],
    ['-ojson'],
    ['--output', 'json'],
    ['--output=json'],
    ['-yo', 'json'],
  ]) {
    it(`prints an error of the parser as JSON with ${argv.join(' ')}`, async () => {
      const run = await on.run('add', ['--bogus', ...argv])
      expect(run).to.include({exit: 2, stderr: ''})
      expect(json(run)).to.have.nested.property('error.message', 'Unknown flag: --bogus.')
    })
  }

  for (const argv of [
    ['-o', 'text'],
    ['--', '-o', 'json'],
    ['-n', 'json'],
  ]) {
    it(`prints errors as text with ${argv.join(' ')}`, async () => {
      expect(await on.run('add', ['--bogus', ...argv])).to.include({exit: 2, stdout: ''})
    })
  }

  it('does not repeat a credential that was passed as a flag', async () => {
    const secret = on.api.apiToken()
    const run = await on.run('add', [`--tokn=${secret}`, '--json'])
    expect(run.exit).to.equal(2)
    expect(run.stdout + run.stderr).not.to.contain(secret)
  })

  describe('a missing or unusable credential', () => {
    const login = 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer.io'

    it('is unauthenticated, and says how to get the Astro CLI if PATH does not have it', async () => {
      const env = {ASTRO_API_TOKEN: '', ASTRO_DOMAIN: 'astronomer.io', PATH: ''}
      const [exit, document] = await on.runJson('list', ON_ETL, {env})

      expect([exit, document]).to.deep.equal([
        4,
        {
          error: {
            kind: 'unauthenticated',
            message: 'Not authenticated to astronomer.io.',
            exit: 4,
            hint: `The Astro CLI is not on your PATH (install it: https://www.astronomer.io/docs/astro/cli/install-cli). ${login}`,
          },
        },
      ])
    })

    it('names only `astro login` if PATH has another astro', async () => {
      const folder = newFolder('bin')
      writeFileSync(join(folder, 'astro'), '', {mode: 0o755})
      const env = {ASTRO_API_TOKEN: '', ASTRO_DOMAIN: 'astronomer.io', PATH: folder}
      const [, document] = await on.runJson('list', ON_ETL, {env})
      expect(document).to.have.nested.property('error.hint', login)
    })

    for (const value of [jwt({exp: 1_000_000_000}), 'not.a.token', 'secret-in-the-wrong-variable']) {
      it(`is never repeated: ${value.slice(0, 8)}`, async () => {
        const run = await on.run('list', ON_ETL, {env: {ASTRO_API_TOKEN: value}})
        expect(run.exit).to.equal(4)
        expect(run.stderr).not.to.contain(value)
      })
    }

    it('is not sent to a domain that is not Astro', async () => {
      const [exit, document] = await on.runJson('list', ON_ETL, {env: {ASTRO_DOMAIN: 'astronomer.io.evil.example'}})
      expect(exit).to.equal(2)
      expect(document).to.have.nested.property('error.kind', 'unsupported')
    })
  })
})
