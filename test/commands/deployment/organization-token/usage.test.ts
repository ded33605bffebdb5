import {expect} from 'chai'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {ids} from '../../../astro-api/world.js'
import {newFolder} from '../../../support/run-cli.js'
import {json} from '../../../support/run-command.js'
import {createEmulated} from '../../emulated.js'

const ON_ETL = ['--deployment-id', ids.deployments.etlProd]
const TOKEN_ID = ids.tokens.ciPipeline
const INSTALL = 'https://www.astronomer.io/docs/astro/cli/install-cli'
const DID_YOU_MEAN = 'Did you mean --dry-run? See the flags: astro deployment organization-token add --help'
const NO_YAML = 'Use --json for JSON; list also has --csv'

const CASES = {
  add: [
    {argv: ON_ETL, message: 'No token specified.'},
    {argv: [TOKEN_ID], message: 'No Deployment specified.', hint: '--all-deployments'},
    {argv: [TOKEN_ID, '-n', 'x', ...ON_ETL], message: 'The token is specified twice'},
    {argv: ['../users/x', ...ON_ETL], message: 'TOKEN-ID is not an ID: "../users/x".'},
    {argv: ["it's mine", ...ON_ETL], message: 'TOKEN-ID is not an ID', hint: String.raw`'it'\''s mine'`},
    {argv: ['-n', '', ...ON_ETL], message: '--org-token-name is empty.'},
    {argv: [TOKEN_ID, '-r', ' ', ...ON_ETL], message: '--role is empty.'},
    {argv: ['--all-deployments', '--deployment-name', 'a'], message: '--deployment-name cannot be combined with --all'},
    {argv: [TOKEN_ID, '--deployment', 'a/b'], message: '--deployment-id is not an ID'},
    {argv: ['--all-deployments', ...ON_ETL], message: '--deployment-id cannot be combined with --all-deployments.'},
    {argv: ['--dry-rum=x', TOKEN_ID], message: 'Unknown flag: --dry-rum.', hint: DID_YOU_MEAN},
    {argv: ['-dry-run', '-q', TOKEN_ID], message: 'Unknown flags: -dry-run, -q.', hint: DID_YOU_MEAN},
    {argv: [TOKEN_ID, '--deployment-id'], message: '--deployment-id needs a value.'},
    {argv: [TOKEN_ID, '-r', 'a', '-r', 'b'], message: '--role can be used only once.'},
    {argv: [TOKEN_ID, '--help=1'], message: '--help takes no value.'},
    {argv: ['--yes=false', TOKEN_ID, ...ON_ETL], message: '--yes takes no value.'},
    {argv: [TOKEN_ID, 'another', ...ON_ETL], message: 'Unexpected argument: another.'},
    {argv: ['-o', 'yaml'], message: '--output is not json or text: "yaml".', hint: NO_YAML},
    {argv: ['--settle', 'abc'], message: '--settle is not a whole number from 1 to 60: "abc".'},
    {argv: ['--settle', '0'], message: '--settle is not a whole number from 1 to 60: "0".'},
    {argv: ['--settle', '61'], message: '--settle is not a whole number from 1 to 60: "61".'},
    {argv: ['--settle', '1.5'], message: '--settle is not a whole number from 1 to 60: "1.5".'},
  ],
  list: [
    {argv: [...ON_ETL, '--columns', 'id,owner'], message: 'There is no column "owner". Columns: ID, NAME, DES'},
    {argv: [...ON_ETL, '--sort', '-nme'], message: 'There is no column "nme"', hint: 'Did you mean NAME?'},
    {argv: [...ON_ETL, '--columns', 'deployment_id'], message: 'There is no column "deployment_id"'},
    {argv: [...ON_ETL, '--sort', '--csv'], message: '--sort needs a value.'},
    {argv: [...ON_ETL, '-n', 'etl'], message: '--org-token-name requires --all-deployments.'},
    {argv: [...ON_ETL, '-r', 'r'], message: '--role requires --all-deployments.'},
    {argv: [...ON_ETL, 'etl', 'prod'], message: 'list takes no argument: etl prod.'},
  ],
}

const on = createEmulated()

describe('errors before anything is sent', () => {
  beforeEach(on.start)

  afterEach(async () => {
    const sent = on.sent()
    await on.stop()
    expect(sent).to.deep.equal([])
  })

  for (const command of ['add', 'list'] as const) {
    for (const {argv, hint = '', message} of CASES[command]) {
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

  it('of list: flags for rows with --json', async () => {
    for (const flag of ['--columns=id', '--csv', '--no-header']) {
      const [exit, document] = await on.runJson('list', [...ON_ETL, flag])
      const message = `${flag.replace('=id', '')} cannot be combined with --json.`
      expect(document).to.have.nested.property('error.message', message)
      expect(exit).to.equal(2)
    }
  })

  it('of the parser are JSON with each form of --json, and text without', async () => {
    for (const flags of ['-o json', '-o=json', '-ojson', '--output json', '--output=json', '-yo json']) {
      const run = await on.run('add', ['--bogus', ...flags.split(' ')])
      expect(run, flags).to.include({exit: 2, stderr: ''})
      expect(json(run)).to.have.nested.property('error.message', 'Unknown flag: --bogus.')
    }

    for (const flags of ['-o text', '-- -o json', '-n json']) {
      const run = await on.run('add', ['--bogus', ...flags.split(' ')])
      expect(run, flags).to.include({exit: 2, stdout: ''})
    }
  })

  it('of a missing credential say how to get the Astro CLI if PATH does not have it', async () => {
    const login = 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer.io'
    const folder = newFolder('bin')
    writeFileSync(join(folder, process.platform === 'win32' ? 'astro.exe' : 'astro'), '', {mode: 0o755})
    for (const [PATH, hint] of [
      [folder, login],
      ['', `The Astro CLI is not on your PATH (install it: ${INSTALL}). ${login}`],
    ] as const) {
      const env = {ASTRO_API_TOKEN: '', ASTRO_DOMAIN: 'astronomer.io', PATH}
      const error = {kind: 'unauthenticated', message: 'Not authenticated to astronomer.io.', exit: 4, hint}
      expect(await on.runJson('list', ON_ETL, {env})).to.deep.equal([4, {error}])
    }
  })
})
