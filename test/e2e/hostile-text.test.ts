import {expect} from 'chai'

import {ids, seedWorld} from '../astro-api/world.js'
import {NO_WAITS, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, placeDuring, roleOnDeployment, tokenOf} from './support.js'

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
  const place = placeDuring(this, () => ({world: hostileWorld()}), NO_WAITS)

  it('in lists, messages, warnings and errors is safe, in a pipe with DEBUG, on a terminal and with --json', async () => {
    const {api, env, onTerminal, run} = place
    const runAll = async (...argv: readonly string[]) =>
      [
        await runCli(command(...argv), {...env, DEBUG: 'none'}),
        await onTerminal(argv, [], {more: {CI: '1'}}),
        await run(...argv, '--json'),
      ] as const
    const listed = await runAll('list', '--all-deployments')
    const added = await runAll('add', tokens.deployBot, '--deployment-id', deployments.sandbox, '-r', 'Deploy Reader')
    const closeName = `${HOSTILE.replaceAll('\0', '')}x`
    const unfound = await runAll('add', '-n', closeName, '--deployment-id', deployments.sandbox)
    const fieldErrors = [{code: HOSTILE, field: HOSTILE, message: HOSTILE}]
    const body = {message: HOSTILE, requestId: HOSTILE, statusCode: 400, fieldErrors}
    api.inject({times: Infinity, action: {kind: 'status', status: 400, body}})
    const failed = await runAll('add', tokens.ciPipeline, '--deployment-id', deployments.etlProd)

    const runs = [...listed, ...added, ...unfound, ...failed]
    for (const {stderr, stdout} of runs) expectSafe(`${stdout.replaceAll('\t', '|')}\n${stderr}`)
    expect(runs.map(({exit}) => exit)).to.deep.equal([0, 0, 0, 0, 0, 0, 3, 3, 3, 1, 1, 1])
    const {tokens: all} = json(listed[2]) as {tokens: {name: string; deployments: unknown[]}[]}
    expect(new Set(all.map(({name}) => name))).to.deep.equal(new Set([HOSTILE]))
    const rows = all.flatMap((token) => token.deployments).length
    expect(listed[0].stdout.split('\n')).to.have.length(1 + rows + 1)
    expect(added[0].stdout).to.match(/^.+\n$/)
    expect(added[0].stderr).to.match(/^Warning: .*expired on 2026-01-01\.$/m)
    expect(unfound[0].stderr).to.match(/^Did you mean "=HYPERLINK/m)
    expect(failed[0].stdout).to.equal('')
    expect(json(added[2])).to.have.property('name', HOSTILE)
    expect(json(failed[2])).to.have.nested.property('error.kind', 'invalid_request')
  })
})
