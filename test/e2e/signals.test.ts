import {expect} from 'chai'
import {existsSync} from 'node:fs'
import {stripVTControlCharacters} from 'node:util'

import {bigWorldId} from '../astro-api/big-world.js'
import {type FaultAction} from '../astro-api/faults.js'
import {ids} from '../astro-api/world.js'
import {BIN, runShell, shellWords, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'
import {command, createPlace, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const LIST = command('list', '--deployment-id', ids.deployments.reports)
const ADD = command('add', ids.tokens.ciPipeline, '--deployment-id', ids.deployments.reports)
const lineOf = (argv: readonly string[]) => shellWords([process.execPath, BIN, ...argv])
const CHECK_ROLES = "Check the token's roles: astro deployment organization-token list --all-deployments\n"
const UNKNOWN_OUTCOME = `Cancelled during the update. Could not confirm whether the roles were updated.\n${CHECK_ROLES}`

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

    it('reports after a signal in a repeat for --settle that another writer undid the change', async () => {
      const token = tokenOf(place.api, ids.tokens.ciPipeline)
      const roles = rolesOf(place.api, token.id)
      const undo = () => {
        token.roles = roles
      }

      place.api.inject({operationId: 'getApiToken', skip: 1, action: {kind: 'act', run: undo}})
      place.api.inject({operationId: 'getApiToken', skip: 1, times: Infinity, action: {kind: 'hang'}})
      const {run} = await interrupt([...ADD, '--settle', '1'], 4, 'SIGTERM')
      expect(run.stderr).to.equal(`Cancelled after another writer undid the change.\n${CHECK_ROLES}`)
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
    const template = tokenOf(api, ids.tokens.ciPipeline)
    const roles = [roleOnDeployment(ids.deployments.reports, 'Log Reader')]
    for (let index = 0; index < 3000; index++)
      api.world.tokens.push({...template, id: bigWorldId('token', index), roles})

    expect(await runShell(`${lineOf(LIST)} | head -1`, env)).to.deep.equal({
      exit: 0,
      stdout: 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY\n',
      stderr: '',
    })
  })

  if (existsSync('/dev/full')) {
    for (const argv of [LIST, [...LIST, '--json'], ADD, [...ADD, '--json'], ['--version'], [...LIST, '--help']]) {
      it(`comes with one line if its output cannot be written: ${argv.join(' ')}`, async () => {
        const outcome = argv.includes('add') ? ' The roles were updated.' : ''
        const stderr = `Error: Could not write to stdout (ENOSPC).${outcome}\n`
        const run = await runShell(`${lineOf(argv)} >/dev/full`, place.env)
        expect(run).to.deep.equal({exit: 1, stdout: '', stderr})
      })
    }
  }
})
