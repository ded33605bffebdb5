import {expect} from 'chai'
import {existsSync} from 'node:fs'
import {stripVTControlCharacters} from 'node:util'

import {bigWorldId} from '../astro-api/big-world.js'
import {type FaultAction} from '../astro-api/faults.js'
import {ids} from '../astro-api/world.js'
import {BIN, runShell, shellWords, startCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {until} from '../support/until.js'
import {command, createPlace, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const {reports} = ids.deployments
const {ciPipeline} = ids.tokens
const LIST = command('list', '--deployment-id', reports)
const ADD = command('add', ciPipeline, '--deployment-id', reports)
const NOT_FOUND = command('remove', '-n', 'no-such-token', '--deployment-id', reports)
const UNKNOWN_COMMAND = ['deployment', 'organization-token', 'lst']
const lineOf = (argv: readonly string[]) => shellWords([process.execPath, BIN, ...argv])
const CHECK_ROLES = "Check the token's roles: astro deployment organization-token list --all-deployments\n"
const UNKNOWN_OUTCOME = `Cancelled during the update. Could not confirm whether the roles were updated.\n${CHECK_ROLES}`

/** Makes every wait of the program one that never ends, and keeps nothing running. */
const NEVER_WAITS = `--import=${new URL('../support/never-waits.js', import.meta.url).href}`

describe('the end of a process', function () {
  this.timeout(60_000)
  const place = createPlace()

  beforeEach(place.open)

  afterEach(place.close)

  const hang = (operationId: 'getApiToken' | 'updateApiTokenRoles', action: FaultAction) => {
    place.api.inject({operationId, times: Infinity, action})
  }

  /** Sends the signals once the API has got this many requests. */
  const interrupt = async (argv: readonly string[], requests: number, ...signals: readonly NodeJS.Signals[]) => {
    const {api, env} = place
    const {child, end} = startCli(argv, env)
    await until(() => api.requests.length === requests)
    const from = performance.now()
    for (const signal of signals) child.kill(signal)
    const run = await end
    return {run, isAtOnce: performance.now() - from < 5000}
  }

  describe('a command that is interrupted', () => {
    for (const signals of [['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGTERM']] as const) {
      it(`ends at once after ${signals.join(' and ')} before a write, in one line`, async () => {
        hang('getApiToken', {kind: 'hang'})
        const run = {exit: 130, stdout: '', stderr: 'Cancelled.\n'}
        expect(await interrupt(ADD, 1, ...signals)).to.deep.equal({run, isAtOnce: true})
      })
    }

    it('reports after Ctrl-C inside a write that the outcome is unknown', async () => {
      hang('updateApiTokenRoles', {kind: 'hangAfter'})
      const run = {exit: 130, stdout: '', stderr: UNKNOWN_OUTCOME}
      expect(await interrupt(ADD, 2, 'SIGINT')).to.deep.equal({run, isAtOnce: true})
    })

    it('reports it on a terminal after the spinner', async () => {
      hang('updateApiTokenRoles', {kind: 'hangAfter'})

      const run = await place.onTerminal(ADD.slice(2), [[/Adding the role\.\.\./, '\u0003']])

      expect(run.exit).to.equal(130)
      expect(stripVTControlCharacters(run.stdout).endsWith(UNKNOWN_OUTCOME)).to.equal(true)
    })
  })

  it('comes without an error if the reader of its output closes the pipe', async () => {
    const {api, env} = place
    const template = tokenOf(api, ciPipeline)
    const roles = [roleOnDeployment(reports, 'Log Reader')]
    for (let index = 0; index < 3000; index++)
      api.world.tokens.push({...template, id: bigWorldId('token', index), roles})

    expect(await runShell(`${lineOf(LIST)} | head -1`, env)).to.deep.equal({
      exit: 0,
      stdout: 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY\n',
      stderr: '',
    })
  })

  it('keeps the exit code of an error document that nobody reads', async () => {
    for (const [argv, exit] of [
      [NOT_FOUND, 3],
      [command('list', '--bogus'), 2],
      [UNKNOWN_COMMAND, 2],
    ] as const) {
      const {child, end} = startCli([...argv, '--json'], place.env)
      child.stdout?.destroy()
      expect(await end).to.include({exit, stderr: ''})
    }
  })

  for (const hasReader of [false, ...(existsSync('/dev/full') ? [true] : [])]) {
    it(`has the result and the exit code of a run whose stderr ${hasReader ? 'is a full disk' : 'nobody reads'}`, async () => {
      const run = async (argv: readonly string[]) => {
        const env = {...place.env, DEBUG: 'astro'}
        if (hasReader) return runShell(`${lineOf(argv)} 2>/dev/full`, env)
        const {child, end} = startCli(argv, env)
        child.stderr?.destroy()
        return end
      }

      const added = await run(ADD)
      expect(added.exit).to.equal(0)
      expect(added.stdout).to.match(/^Added ci-pipeline .*\n$/)
      expect(rolesOf(place.api, ciPipeline)).to.deep.include(roleOnDeployment(reports, 'DEPLOYMENT_ADMIN'))
      expect(await run(NOT_FOUND)).to.include({exit: 3, stdout: ''})
      expect(await run(UNKNOWN_COMMAND)).to.include({exit: 2, stdout: ''})
    })
  }

  if (existsSync('/dev/full')) {
    for (const argv of [LIST, ADD, [...ADD, '--json'], [...LIST, '--help']]) {
      it(`comes with one line if its output cannot be written: ${argv.join(' ')}`, async () => {
        const outcome = argv.includes('add') ? ' The roles were updated.' : ''
        const stderr = `Error: Could not write to stdout (ENOSPC).${outcome}\n`
        const run = await runShell(`${lineOf(argv)} >/dev/full`, place.env)
        expect(run).to.deep.equal({exit: 1, stdout: '', stderr})
      })
    }
  }

  for (const [operationId, message] of [
    ['getApiToken', /exited before it was done/],
    ['updateApiTokenRoles', /exited during the update.*Could not confirm/],
  ] as const) {
    it(`is a failure if nothing keeps it running at ${operationId}, although its work is not done`, async () => {
      const {api, env} = place
      api.inject({operationId, times: Infinity, action: {kind: 'status', status: 503}})

      const run = await startCli([...ADD, '--json'], {...env, NODE_OPTIONS: NEVER_WAITS}).end

      expect(run).to.include({exit: 1, stderr: ''})
      const {error} = json(run) as {error: {kind: string; message: string}}
      expect(error.kind).to.equal('internal')
      expect(error.message).to.match(message)
    })
  }
})
