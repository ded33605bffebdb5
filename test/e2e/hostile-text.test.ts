import {expect} from 'chai'
import widthOf from 'string-width'

import {bigWorldId} from '../astro-api/big-world.js'
import {ids, seedWorld} from '../astro-api/world.js'
import {NO_WAITS, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, createPlace, roleOnDeployment, tokenOf} from './support.js'

const {deployments, tokens} = ids
/** Names that try to make a terminal, a line reader or a spreadsheet act on them. */
const HOSTILE: readonly string[] = [
  '\u001B[45mred\u001B[0m',
  'a\u001B[2J\u001B[1;1Hb',
  '\u001B]0;owned\u0007a',
  'a\u001B]0;owned',
  '\u001B]8;;https://owned.example\u001B\\here\u001B]8;;\u001B\\',
  '\u001B]52;c;b3duZWQ=\u0007a',
  '\u001BP+q6f776e6564\u001B\\a',
  '\u001B_owned\u001B\\a',
  '\u001B[6n\u001B[c\u001BZ\u0005a',
  '\u009B45mred\u009D0;owned\u009Ca\u0090owned\u009C\u0085b',
  '\u0000\u0007\u0008\u000E\u007Fa',
  'a\r\nowned\u2028b\u2029c\u0085d\u000B\u000Ce',
  'good\rbad',
  '\ta\t\tb\t',
  'a\u202Etxt.exe\u202C\u2066b\u2069',
  'a\u200B\uFEFF\u2060\u00ADb',
  'a\u115F\u1160\u3164\uFFA0\u034F\u17B4b',
  'a\u{E0001}\u{E0041}b',
  '本番環境 デプロイ',
  'Zu\u0308rich Z\u0351\u036B\u0343algo',
  '👩\u200D👩\u200D👧 🇩🇪 ❤\uFE0F',
  'a\uD83Db\uDC69',
  '=HYPERLINK("https://owned.example","a")',
  '\u001B[0m\t@SUM(1,2)',
  '$(touch owned) `touch owned` ; "\' | %s {{owned}}',
]
const ALL = HOSTILE.join('~')
/** The same as an argument of a process. */
const ARGUMENT = ALL.replaceAll('\u0000', '').toWellFormed()
const ON_PROD = ['--deployment-id', deployments.etlProd]

/** The tokens of the seeded world that stay. */
const KEPT = [tokens.ciPipeline, tokens.deployBot, tokens.etlProdDeployer]

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

/** A world with a token of each hostile name, and every other name hostile. */
function hostileWorld() {
  const world = seedWorld()
  const bot = tokenOf({world}, tokens.deployBot)
  const hostile = HOSTILE.map((text, index) => ({
    ...bot,
    id: bigWorldId('token', index),
    name: text,
    description: text,
    createdBy: {id: ids.user, subjectType: 'USER' as const, fullName: text, username: text},
    roles: [roleOnDeployment(deployments.etlProd, text)],
  }))
  world.tokens = [...KEPT.map((id) => tokenOf({world}, id)), ...hostile]
  for (const deployment of world.deployments) deployment.name = ALL
  for (const role of world.customRoles.slice(0, 1)) world.customRoles.push({...role, name: ALL})
  return world
}

describe('hostile text from the API', function () {
  this.timeout(60_000)
  const place = createPlace(() => ({world: hostileWorld()}), NO_WAITS)

  beforeEach(place.open)

  afterEach(place.close)

  it('in a list is one safe line for each row, and the original text in JSON', async () => {
    const {onTerminal, run} = place
    const list = ['list', '--all-deployments']
    const [piped, csv, table, asJson] = await Promise.all([
      run(...list),
      run(...list, '--csv'),
      onTerminal([...list, '--columns=name,role,created_by,id']),
      run(...list, '--json'),
    ])

    for (const each of [piped, csv, table, asJson]) expect(each).to.deep.include({exit: 0, stderr: ''})
    for (const {stdout} of [piped, csv, table]) {
      expectSafe(stdout.replaceAll('\t', '|').replaceAll('\r\n', '\n'))
      expect(stdout).not.to.match(CONTROL_STRINGS)
    }

    const rows = HOSTILE.length + 3
    const lines = piped.stdout.split('\n').slice(0, -1)
    expect(lines.map((line) => line.split('\t').length)).to.deep.equal(Array.from({length: 1 + rows}, () => 7))
    expect(csv.stdout).to.contain(`"'=HYPERLINK(""https://owned.example"",""a"")"`)
    const drawn = table.stdout.replaceAll(SPINNER, '').split('\n').slice(2, -1)
    expect(drawn).to.have.length(rows)
    const starts = drawn.map((line) => widthOf(line.slice(0, line.search(/cl[\da-z]{23}$/))))
    expect(new Set(starts)).to.have.property('size', 1)

    expectSafe(asJson.stdout)
    const {tokens: listed} = json(asJson) as {tokens: {name: string; description: string; created_by: string}[]}
    for (const text of HOSTILE)
      expect(listed.find(({name}) => name === text)).to.deep.include({description: text, created_by: text})
  })

  const role = ['--role', 'Deploy Reader']
  for (const [what, argv, exit, kind, candidates] of [
    ['the message of add', ['add', tokens.deployBot, '--deployment-id', deployments.sandbox, ...role], 0],
    ['an error about a name close to others', ['add', '-n', `${ARGUMENT}!`, ...ON_PROD], 3, 'not_found', 1],
    ['an error about a name of several tokens', ['add', '-n', ARGUMENT, ...ON_PROD], 2, 'ambiguous', 2],
    ['an error about a role', ['add', tokens.ciPipeline, ...ON_PROD, '-r', ARGUMENT], 3, 'not_found', 5],
    ['an error about a flag', ['list', `--${ARGUMENT}`, ...ON_PROD], 2, 'usage'],
    ['an error of the API', ['add', tokens.etlProdDeployer, ...ON_PROD], 1, 'invalid_request'],
  ] as const) {
    it(`in ${what} is safe, in a pipe with DEBUG, on a terminal and with --json`, async () => {
      const {api, env, onTerminal, run} = place
      const shared = {name: kind === 'ambiguous' ? ARGUMENT : ALL, endAt: '2026-01-01T00:00:00Z'}
      for (const id of KEPT) Object.assign(tokenOf(api, id), shared)
      const fieldErrors = [{code: ALL, field: ALL, message: ALL}]
      const body = {message: ALL, requestId: ALL, statusCode: 400, fieldErrors}
      const isRejected = kind === 'invalid_request'
      if (isRejected) api.inject({times: Infinity, action: {kind: 'status', status: 400, body}})

      const [piped, shown, asJson] = await Promise.all([
        runCli(command(...argv), {...env, DEBUG: 'none'}),
        onTerminal(argv, [], {more: {CI: '1'}}),
        run(...argv, '--json'),
      ])

      for (const {stderr, stdout} of [piped, shown, asJson]) expectSafe(`${stdout}\n${stderr}`)
      expect([piped.exit, shown.exit, asJson.exit]).to.deep.equal([exit, exit, exit])
      expect(piped.stdout.split('\n')).to.have.length(exit === 0 ? 2 : 1)
      if (exit === 0) expect(piped.stderr).to.match(/^Warning: .*expired on 2026-01-01\.$/m)
      const document = json(asJson) as {name?: string; error?: {kind: string; candidates?: unknown[]}}
      expect(document.error?.kind ?? document.name).to.equal(kind ?? ALL)
      expect(document.error?.candidates ?? []).to.have.length.at.least(candidates ?? 0)
      if (isRejected)
        expect(document).to.deep.nested.include({'error.request_id': ALL, 'error.field_errors': fieldErrors})
    })
  }
})
