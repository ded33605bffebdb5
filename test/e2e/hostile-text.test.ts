import {expect} from 'chai'

import {ids, seedWorld} from '../astro-api/world.js'
import {NO_WAITS, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, createPlace, roleOnDeployment, tokenOf} from './support.js'

const {deployments, tokens} = ids
/** A name that tries to make a terminal, a line reader or a spreadsheet act on it. */
const HOSTILE = [
  '=HYPERLINK("https://owned.example","a")\u001B[2J\u001B]0;owned\u0007\u001BP+q6f\u001B\\\u009D0;owned\u009C',
  'a\r\nowned\u2028b\u0085c\td\u0000\u0008\u007Fe\u202Etxt.exe\u200B\u3164\u{E0041} 👩\u200D👧 \uD83Db $(touch owned) %s',
].join('~')

/** Our own styles: bold, dim, red and blue. */
const OUR_STYLES = /\u001B\[(?:1|2|22|31|34|39)m/g

/** Everything that a terminal acts on or hides, except line ends and the joiners that scripts and emoji need. */
const UNSAFE = /(?![\n\u200C\u200D\p{Variation_Selector}])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u

function expectSafe(text: string): void {
  const shown = text.replaceAll(OUR_STYLES, '')
  expect(UNSAFE.exec(shown), JSON.stringify(shown)).to.equal(null)
  expect(shown.isWellFormed()).to.equal(true)
}

/** A world in which every name is hostile. */
function hostileWorld() {
  const world = seedWorld()
  const createdBy = {id: ids.user, subjectType: 'USER' as const, fullName: HOSTILE, username: HOSTILE}
  for (const token of world.tokens) Object.assign(token, {name: HOSTILE, description: HOSTILE, createdBy})
  for (const deployment of world.deployments) deployment.name = HOSTILE
  for (const role of world.customRoles.slice(0, 1)) world.customRoles.push({...role, name: HOSTILE})
  Object.assign(tokenOf({world}, tokens.deployBot), {
    endAt: '2026-01-01T00:00:00Z',
    roles: [roleOnDeployment(deployments.etlProd, HOSTILE)],
  })
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
    const piped = await run(...list)
    const csv = await run(...list, '--csv')
    const table = await onTerminal([...list, '--columns=name,role,created_by,expires,id'], [], {more: {CI: '1'}})
    const asJson = await run(...list, '--json')

    for (const each of [piped, csv, table, asJson]) expect(each).to.deep.include({exit: 0, stderr: ''})
    for (const {stdout} of [piped, csv, table, asJson])
      expectSafe(stdout.replaceAll('\t', '|').replaceAll('\r\n', '\n'))

    const {tokens: listed} = json(asJson) as {tokens: {name: string; deployments: unknown[]}[]}
    expect(new Set(listed.map(({name}) => name))).to.deep.equal(new Set([HOSTILE]))
    const rows = listed.flatMap((token) => token.deployments).length
    const lines = piped.stdout.split('\n').slice(0, -1)
    expect(lines.map((line) => line.split('\t').length)).to.deep.equal(Array.from({length: 1 + rows}, () => 7))
    expect(csv.stdout).to.contain(`"'=HYPERLINK(""https://owned.example"",""a"")`)
    expect(table.stdout.split('\n')).to.have.length(2 + rows + 1)
  })

  const change = ['add', tokens.deployBot, '--deployment-id', deployments.sandbox, '--role', 'Deploy Reader']
  for (const [what, argv, exit, kind] of [
    ['a message and a warning', change, 0],
    ['an error of the API', ['add', tokens.ciPipeline, '--deployment-id', deployments.etlProd], 1, 'invalid_request'],
  ] as const) {
    it(`in ${what} is safe, in a pipe with DEBUG, on a terminal and with --json`, async () => {
      const {api, env, onTerminal, run} = place
      const fieldErrors = [{code: HOSTILE, field: HOSTILE, message: HOSTILE}]
      const body = {message: HOSTILE, requestId: HOSTILE, statusCode: 400, fieldErrors}
      const fault = {times: Infinity, action: {kind: 'status', status: 400, body}} as const
      if (kind === 'invalid_request') api.inject(fault)

      const piped = await runCli(command(...argv), {...env, DEBUG: 'none'})
      const shown = await onTerminal(argv, [], {more: {CI: '1'}})
      const asJson = await run(...argv, '--json')

      for (const {stderr, stdout} of [piped, shown, asJson]) expectSafe(`${stdout}\n${stderr}`)
      expect([piped.exit, shown.exit, asJson.exit]).to.deep.equal([exit, exit, exit])
      expect(piped.stdout.split('\n')).to.have.length(exit === 0 ? 2 : 1)
      if (exit === 0) expect(piped.stderr).to.match(/^Warning: .*expired on 2026-01-01\.$/m)
      const document = json(asJson) as {name?: string; error?: {kind: string}}
      expect(document.error?.kind ?? document.name).to.equal(kind ?? HOSTILE)
    })
  }
})
