import {expect} from 'chai'
import {parse} from 'csv-parse/sync'
import widthOf from 'string-width'

import {bigWorldId} from '../astro-api/big-world.js'
import {ids} from '../astro-api/world.js'
import {type CliRun, NO_WAITS, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {HOSTILE} from './hostile-table.js'
import {command, createPlace, roleOnDeployment, tokenOf} from './support.js'

const {deployments, tokens} = ids
const ALL = HOSTILE.map(([, text]) => text).join('~')
/** The same as an argument of a process. */
const ARGUMENT = ALL.replaceAll('\u0000', '').toWellFormed()
const ON_PROD = ['--deployment-id', deployments.etlProd]

/** The tokens of the seeded world that stay. */
const KEPT = [tokens.ciPipeline, tokens.deployBot, tokens.etlProdDeployer]
const COLUMNS = 7

/** Our own styles: bold, dim, red and blue. */
const OUR_STYLES = /\u001B\[(?:1|2|22|31|34|39)m/g

/** Everything that a terminal acts on or hides, except line ends and the joiners that scripts and emoji need. */
const UNSAFE = /(?![\n\u200C\u200D\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u

/** The content of a control string is not text either, except in JSON. */
const CONTROL_STRINGS = /0;owned|b3duZWQ|8;;|6f776e6564|_owned/

/** A frame of the spinner, and the sequence with which the next one replaces it. */
const SPINNER =
  /(?:\u001B\[G\u001B\[1A\u001B\[J)?(?:Signing in|Reading \w+|[A-Z][a-z]+ing the role)\.{3}(?: done| \u001B\[35m[\u2800-\u28FF]\u001B\[39m)?\n/g

function expectSafe(text: string): void {
  const shown = text.replaceAll(SPINNER, '').replaceAll(OUR_STYLES, '')
  expect(UNSAFE.exec(shown), JSON.stringify(shown)).to.equal(null)
  expect(shown.isWellFormed()).to.equal(true)
}

describe('hostile text from the API', function () {
  this.timeout(60_000)
  const place = createPlace(undefined, NO_WAITS)

  afterEach(place.close)

  beforeEach(async () => {
    await place.open()
    const {api} = place
    const bot = tokenOf(api, tokens.deployBot)
    api.world.tokens = [
      ...KEPT.map((id) => tokenOf(api, id)),
      ...HOSTILE.map(([, text], index) => ({
        ...bot,
        id: bigWorldId('token', index),
        name: text,
        description: text,
        createdBy: {id: ids.user, subjectType: 'USER' as const, fullName: text, username: text},
        roles: [roleOnDeployment(deployments.etlProd, text)],
      })),
    ]
    for (const deployment of api.world.deployments) deployment.name = ALL
    for (const role of api.world.customRoles.slice(0, 1)) api.world.customRoles.push({...role, name: ALL})
  })

  for (const [view, argv, rows] of [
    ['list', ON_PROD, HOSTILE.length + 1],
    ['list --all-deployments', ['--all-deployments'], HOSTILE.length + 3],
  ] as const) {
    it(`in ${view} is one safe line for each row, and the original text in JSON`, async () => {
      const {onTerminal, run} = place
      const list = ['list', ...argv]
      const [piped, csv, table, asJson] = await Promise.all([
        run(...list),
        run(...list, '--csv'),
        onTerminal([...list, '--columns=name,role,created_by,id']),
        run(...list, '--json'),
      ])

      for (const {exit, stderr} of [piped, csv, table, asJson])
        expect({exit, stderr}).to.deep.equal({exit: 0, stderr: ''})
      for (const {stdout} of [piped, csv, table]) {
        expectSafe(stdout.replaceAll('\t', '|').replaceAll('\r\n', '\n'))
        expect(stdout).not.to.match(CONTROL_STRINGS)
      }

      const lines = piped.stdout.split('\n').slice(0, -1)
      expect(lines.map((line) => line.split('\t').length)).to.deep.equal(Array.from({length: 1 + rows}, () => COLUMNS))

      const cells: string[][] = parse(csv.stdout)
      expect(cells.map((row) => row.length)).to.deep.equal(Array.from({length: 1 + rows}, () => COLUMNS))
      for (const cell of cells.flat()) expect(cell).not.to.match(/^\s*[=+\-@]/)
      expect(cells.flat()).to.include(`'=HYPERLINK("https://owned.example","a")`)

      const drawn = table.stdout.replaceAll(SPINNER, '').split('\n').slice(0, -1)
      expect(drawn).to.have.length(2 + rows)
      const starts = drawn.slice(2).map((line) => widthOf(line.slice(0, line.search(/cl[\da-z]{23}$/))))
      expect(new Set(starts)).to.have.property('size', 1)

      expectSafe(asJson.stdout)
      const {tokens: listed} = json(asJson) as {tokens: {name: string; description: string; created_by: string}[]}
      for (const [, text] of HOSTILE)
        expect(listed.find(({name}) => name === text)).to.deep.include({description: text, created_by: text})
    })
  }

  /** The same command in a pipe with DEBUG, on a terminal without prompts, and with --json: safe, with one exit code. */
  const runsOf = async (argv: readonly string[]): Promise<readonly [piped: CliRun, asJson: CliRun]> => {
    const {env, onTerminal, run} = place
    const [piped, shown, asJson] = await Promise.all([
      runCli(command(...argv), {...env, DEBUG: 'none'}),
      onTerminal(argv, [], {more: {CI: '1'}}),
      run(...argv, '--json'),
    ])
    for (const {stderr, stdout} of [piped, shown, asJson]) {
      expectSafe(stdout)
      expectSafe(stderr)
    }

    expect([shown.exit, asJson.exit]).to.deep.equal([piped.exit, piped.exit])
    return [piped, asJson]
  }

  for (const [verb, more] of [
    ['add', ['--role', 'Deploy Reader']],
    ['remove', ['--dry-run']],
  ] as const) {
    it(`in the message of ${verb} is one safe line, and the original text in JSON`, async () => {
      const token = tokenOf(place.api, tokens.deployBot)
      token.name = ALL
      token.roles = [...(token.roles ?? []).slice(0, 1), roleOnDeployment(deployments.reports, ALL)]

      const [run, asJson] = await runsOf([verb, tokens.deployBot, '--deployment-id', deployments.reports, ...more])

      expect([run.exit, run.stdout.split('\n').length]).to.deep.equal([0, 2])
      expect(json(asJson)).to.deep.include({name: ALL})
    })
  }

  for (const [what, argv, kind, candidates] of [
    ['a name that is close to others', ['add', '-n', `${ARGUMENT}!`, ...ON_PROD], 'not_found', 1],
    ['a name that several tokens have', ['add', '-n', ARGUMENT, ...ON_PROD], 'ambiguous', 2],
    ['a token without the role', ['update', tokens.ciPipeline, ...ON_PROD], 'not_found', 0],
    ['a role that is close to others', ['add', tokens.ciPipeline, ...ON_PROD, '-r', ARGUMENT], 'not_found', 5],
    ['an unknown flag', ['list', `--${ARGUMENT}`, ...ON_PROD], 'usage', 0],
  ] as const) {
    it(`in an error about ${what} is safe, and the original text in JSON`, async () => {
      for (const id of KEPT) tokenOf(place.api, id).name = kind === 'ambiguous' ? ARGUMENT : ALL

      const [run, asJson] = await runsOf(argv)

      expect(run.stdout).to.equal('')
      expect(json(asJson)).to.have.nested.property('error.kind', kind)
      const {error} = json(asJson) as {error: {candidates?: unknown[]}}
      expect(error.candidates ?? []).to.have.length.at.least(candidates)
    })
  }

  it('in an error of the API is safe, and the original text in JSON', async () => {
    const fieldErrors = [{code: ALL, field: ALL, message: ALL}]
    const body = {message: ALL, requestId: ALL, statusCode: 400, fieldErrors}
    place.api.inject({operationId: 'getApiToken', times: Infinity, action: {kind: 'status', status: 400, body}})

    const [, asJson] = await runsOf(['add', tokens.ciPipeline, ...ON_PROD])

    expect(json(asJson)).to.deep.nested.include({'error.request_id': ALL, 'error.field_errors': fieldErrors})
  })
})
