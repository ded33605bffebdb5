import {expect} from 'chai'
import {parse} from 'csv-parse/sync'
import widthOf from 'string-width'

import {bigWorldId} from '../astro-api/big-world.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids, type WorldToken} from '../astro-api/world.js'
import {type CliRun, type Env, runCli, runOnTerminal as runWithSpinner} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {ownEnvFor, roleOn} from './support.js'

const {deployments, tokens} = ids
const COMMAND = ['deployment', 'organization-token']

/** What somebody may call a thing to have a terminal, a reader of lines or a spreadsheet do as they please. */
const HOSTILE: readonly (readonly [what: string, text: string])[] = [
  ['colours', '\u001B[45mred\u001B[0m'],
  ['cursor moves', 'a\u001B[2J\u001B[1;1Hb'],
  ['a title', '\u001B]0;owned\u0007a'],
  ['a title that does not end', 'a\u001B]0;owned'],
  ['a link', '\u001B]8;;https://owned.example\u001B\\here\u001B]8;;\u001B\\'],
  ['a write to the clipboard', '\u001B]52;c;b3duZWQ=\u0007a'],
  ['a device control string', '\u001BP+q6f776e6564\u001B\\a'],
  ['an application command', '\u001B_owned\u001B\\a'],
  ['a question to the terminal', '\u001B[6n\u001B[c\u001BZ\u0005a'],
  ['8-bit control sequences', '\u009B45mred\u009D0;owned\u009Ca\u0090owned\u009C\u0085b'],
  ['control characters', '\u0000\u0007\u0008\u000E\u007Fa'],
  ['line breaks', 'a\r\nowned\u2028b\u2029c\u0085d\u000B\u000Ce'],
  ['a carriage return', 'good\rbad'],
  ['tabs', '\ta\t\tb\t'],
  ['bidirectional overrides', 'a\u202Etxt.exe\u202C\u2066b\u2069'],
  ['zero-width characters', 'a\u200B\uFEFF\u2060\u00ADb'],
  ['fillers that show nothing', 'a\u115F\u1160\u3164\uFFA0\u034F\u17B4b'],
  ['tag characters', 'a\u{E0001}\u{E0041}b'],
  ['wide characters', '本番環境 デプロイ'],
  ['combining characters', 'Zu\u0308rich Z\u0351\u036B\u0343algo'],
  ['emoji', '👩\u200D👩\u200D👧 🇩🇪 ❤\uFE0F'],
  ['lone surrogates', 'a\uD83Db\uDC69'],
  ['a formula', '=HYPERLINK("https://owned.example","a")'],
  ['a formula after what is taken out', '\u001B[0m\t@SUM(1,2)'],
  ['a command', '$(touch owned) `touch owned` ; "\' | %s {{owned}}'],
]
const ALL = HOSTILE.map(([, text]) => text).join('~')

/** The tokens of the seeded world that stay. */
const KEPT = [tokens.ciPipeline, tokens.deployBot, tokens.etlProdDeployer]

/** What the program itself writes on a terminal: bold, dim, red and blue. */
const OUR_STYLES = /\u001B\[(?:1|2|22|31|34|39)m/g

/** Everything that a terminal would obey or hide, but for line ends, and the joiners that scripts and emoji need. */
const UNSAFE = /(?![\n\u200C\u200D\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u

/** A picture of the spinner, which a busy machine may show, and how the next one takes its place. */
const SPINNER =
  /(?:\u001B\[G\u001B\[1A\u001B\[J)?(?:Reading tokens|[A-Z][a-z]+ing the token)\.{3}(?: done| \u001B\[35m[\u2800-\u28FF]\u001B\[39m)?\n/g

async function runOnTerminal(argv: readonly string[], env: Env): Promise<CliRun> {
  const run = await runWithSpinner(argv, env)
  return {...run, stdout: run.stdout.replaceAll(SPINNER, '')}
}

function expectSafe(text: string): void {
  const shown = text.replaceAll(OUR_STYLES, '')
  expect(UNSAFE.exec(shown), JSON.stringify(shown)).to.equal(null)
  expect(shown.isWellFormed()).to.equal(true)
}

/** What stands inside a control string is no text either, but in JSON. */
const CONTROL_STRINGS = /0;owned|b3duZWQ|8;;|6f776e6564|_owned/

describe('hostile text from the API', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  /** A token whose texts are all this one, with a role of that name on etl-prod. */
  const hostileToken = (text: string, index: number): WorldToken => ({
    ...tokenOf(tokens.deployBot),
    id: bigWorldId('token', index),
    name: text,
    description: text,
    createdBy: {id: ids.user, subjectType: 'USER', fullName: text, username: text},
    roles: [roleOn(deployments.etlProd, text)],
  })

  const tokenOf = (id: string): WorldToken => {
    const token = api.world.tokens.find((each) => each.id === id)
    if (!token) throw new Error(`the world has no token ${id}`)
    return token
  }

  beforeEach(async () => {
    api = await startAstroApi()
    env = ownEnvFor(api)
    api.world.tokens = [
      ...KEPT.map((id) => tokenOf(id)),
      ...HOSTILE.map(([, text], index) => hostileToken(text, index)),
    ]
    for (const deployment of api.world.deployments) deployment.name = ALL
    api.world.customRoles.push({...(api.world.customRoles[0] ?? never()), name: ALL})
  })

  afterEach(async () => {
    const {violations} = api
    await api.close()
    expect(violations).to.deep.equal([])
  })

  const width = 7
  for (const [view, argv] of [
    ['list', ['--deployment-id', deployments.etlProd]],
    ['list --all-deployments', ['--all-deployments']],
  ] as const) {
    const list = [...COMMAND, 'list', ...argv]
    const rows = () => HOSTILE.length + (view === 'list' ? 1 : 3)

    describe(`in ${view}`, () => {
      it('is one safe line for each row of a pipe, each with all its cells', async () => {
        const run = await runCli(list, env)

        expect(run).to.deep.include({exit: 0, stderr: ''})
        expectSafe(run.stdout.replaceAll('\t', '|'))
        expect(run.stdout).not.to.match(CONTROL_STRINGS)
        const lines = run.stdout.split('\n').slice(0, -1)
        expect(lines).to.have.length(1 + rows())
        for (const line of lines) expect(line.split('\t')).to.have.length(width)
      })

      it('is one safe line for each row of CSV, and no formula', async () => {
        const run = await runCli([...list, '--csv'], env)

        expect(run).to.deep.include({exit: 0, stderr: ''})
        expectSafe(run.stdout.replaceAll('\r\n', '\n'))
        expect(run.stdout).not.to.match(CONTROL_STRINGS)
        expect(run.stdout.split('\r\n')).to.have.length(1 + rows() + 1)
        const cells: string[][] = parse(run.stdout)
        expect(new Set(cells.map((row) => row.length))).to.deep.equal(new Set([width]))
        for (const cell of cells.flat()) expect(cell).not.to.match(/^\s*[=+\-@]/)
        expect(cells.flat()).to.include(`'=HYPERLINK("https://owned.example","a")`)
      })

      it('is one safe line for each row of a table, its columns aligned', async () => {
        const run = await runOnTerminal([...list, '--columns=name,role,created_by,id'], env)

        expect(run.exit).to.equal(0)
        expectSafe(run.stdout)
        expect(run.stdout).not.to.match(CONTROL_STRINGS)
        const lines = run.stdout.split('\n').slice(0, -1)
        expect(lines).to.have.length(2 + rows())
        const starts = lines.slice(2).map((line) => widthOf(line.slice(0, line.search(/cl[\da-z]{23}$/))))
        expect(new Set(starts)).to.have.property('size', 1)
      })

      it('is the true text in JSON, escaped', async () => {
        const run = await runCli([...list, '--json'], env)

        expectSafe(run.stdout)
        expect(run).to.deep.include({exit: 0, stderr: ''})
        const {tokens: listed} = json(run) as {tokens: {name: string; description: string; created_by: string}[]}
        for (const [, text] of HOSTILE) {
          expect(listed.find(({name}) => name === text)).to.deep.include({description: text, created_by: text})
        }
      })
    })
  }

  it('is truncated in a description that does not fit, one safe line for each row, the other columns aligned', async () => {
    const list = [...COMMAND, 'list', '--deployment-id', deployments.etlProd, '--columns=id,description,scope']
    tokenOf(bigWorldId('token', 0)).description = ALL

    const run = await runOnTerminal(list, env)

    expectSafe(run.stdout)
    const lines = run.stdout.split('\n').slice(2, -1)
    expect(lines).to.have.length(HOSTILE.length + 1)
    expect(lines.some((line) => line.includes('…'))).to.equal(true)
    for (const line of lines) expect(widthOf(line)).to.be.at.most(200)
    const starts = lines
      .filter((line) => line.endsWith('ORGANIZATION'))
      .map((line) => widthOf(line.slice(0, -'ORGANIZATION'.length)))
    expect(starts).to.have.length(HOSTILE.length + 1)
    expect(new Set(starts)).to.have.property('size', 1)
  })

  /** The same command into a pipe, on a terminal, with DEBUG and as JSON: what it prints is safe, and ends alike. */
  const runsOf = async (argv: readonly string[]): Promise<readonly [piped: CliRun, asJson: CliRun]> => {
    const [piped, shown, debugged, asJson] = await Promise.all([
      runCli(argv, env),
      // Where a person could be asked, a name that several tokens have is a question.
      runOnTerminal(argv, {...env, CI: '1'}),
      runCli(argv, {...env, DEBUG: 'none'}),
      runCli([...argv, '--json'], env),
    ])
    for (const {stderr, stdout} of [piped, shown, debugged, asJson]) {
      expectSafe(stdout)
      expectSafe(stderr)
    }

    expect(new Set([asJson.exit, debugged.exit, piped.exit, shown.exit])).to.have.property('size', 1)
    return [piped, asJson]
  }

  describe('in the messages', () => {
    const onReports = ['--deployment-id', deployments.reports]

    beforeEach(() => {
      const token = tokenOf(tokens.deployBot)
      token.name = ALL
      token.roles = [
        {entityType: 'ORGANIZATION', entityId: ids.organization, role: 'ORGANIZATION_MEMBER'},
        roleOn(deployments.reports, ALL),
      ]
    })

    for (const command of ['add', 'update']) {
      it(`of ${command} is one safe line, and true in JSON`, async () => {
        const argv = [...COMMAND, command, tokens.deployBot, ...onReports, '--role', 'Deploy Reader']

        const [run, asJson] = await runsOf(argv)

        expect([run.exit, run.stdout.split('\n').length]).to.deep.equal([0, 2])
        expect(json(asJson)).to.deep.include({name: ALL})
      })
    }

    it('of remove is one safe line, and true in JSON', async () => {
      const argv = [...COMMAND, 'remove', tokens.deployBot, ...onReports]
      const roles = tokenOf(tokens.deployBot).roles ?? []

      const run = await runOnTerminal(argv, env)
      tokenOf(tokens.deployBot).roles = roles
      const asJson = await runCli([...argv, '--json'], env)

      expectSafe(run.stdout)
      expect([run.exit, run.stdout.split('\n').length]).to.deep.equal([0, 2])
      expectSafe(asJson.stdout)
      expect(json(asJson)).to.deep.include({name: ALL})
      expect(json(asJson)).to.have.deep.nested.property('deployments[0].previous_role', ALL)
    })
  })

  describe('in an error', () => {
    const onProd = ['--deployment-id', deployments.etlProd]
    const argument = ALL.replaceAll('\u0000', '').toWellFormed()

    for (const [what, argv, kind, candidates] of [
      ['a name that is close to others', ['add', '-n', `${argument}!`, ...onProd], 'not_found', 1],
      ['a name that several tokens have', ['add', '-n', argument, ...onProd], 'ambiguous', 2],
      ['a token of another scope', ['add', tokens.etlProdDeployer, ...onProd], 'not_found', undefined],
      ['a token without the role', ['update', tokens.ciPipeline, ...onProd], 'not_found', undefined],
      ['a role that is close to others', ['add', tokens.ciPipeline, ...onProd, '-r', argument], 'not_found', 5],
      [
        'a Deployment that is close to others',
        ['add', tokens.ciPipeline, '--deployment-id', `${deployments.etlProd.slice(0, -1)}x`],
        'not_found',
        1,
      ],
      ['an ID that is none', ['add', argument, ...onProd], 'usage', undefined],
      ['a column that is none', ['list', '--columns', argument, ...onProd], 'usage', undefined],
      ['a flag that is none', ['list', `--${argument}`, ...onProd], 'usage', undefined],
    ] as const) {
      it(`about ${what} is safe, and true in JSON`, async () => {
        for (const id of KEPT) tokenOf(id).name = kind === 'ambiguous' ? argument : ALL

        const [run, asJson] = await runsOf([...COMMAND, ...argv])

        expect(json(asJson)).to.have.nested.property('error.kind', kind)
        if (candidates)
          expect(json(asJson)).to.have.nested.property('error.candidates').with.length.at.least(candidates)
        expect(run.stderr.split('\n').length).to.be.at.most(4)
        expect(run.stdout).to.equal('')
      })
    }

    for (const [status, kind] of [
      [400, 'invalid_request'],
      [403, 'forbidden'],
      [429, 'rate_limited'],
      [500, 'api'],
    ] as const) {
      it(`of status ${status} is safe, and true in JSON`, async () => {
        const fieldErrors = [{code: ALL, field: ALL, message: ALL}]
        const body = {message: ALL, requestId: ALL, statusCode: status, fieldErrors}
        const headers = {'retry-after': '61'}
        api.inject({operationId: 'getApiToken', times: Infinity, action: {kind: 'status', status, body, headers}})

        const [run, asJson] = await runsOf([...COMMAND, 'add', tokens.ciPipeline, ...onProd])

        expect(run.stderr.split('\n')).to.have.length(4)
        expect(json(asJson)).to.have.nested.property('error.kind', kind)
        expect(json(asJson)).to.deep.nested.include({'error.request_id': ALL, 'error.field_errors': fieldErrors})
      })
    }
  })
})

function never(): never {
  throw new Error('the world has no custom role')
}
