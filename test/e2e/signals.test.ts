import {expect} from 'chai'
import {existsSync} from 'node:fs'
import {stripVTControlCharacters} from 'node:util'

import {bigWorldId} from '../astro-api/big-world.js'
import {ids} from '../astro-api/world.js'
import {BIN, runShell, shellWords, startCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {until} from '../support/until.js'
import {command, placeDuring, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const {reports} = ids.deployments
const {ciPipeline} = ids.tokens
const LIST = command('list', '--deployment-id', reports)
const ADD = command('add', ciPipeline, '--deployment-id', reports)
const lineOf = (argv: readonly string[]) => shellWords([process.execPath, BIN, ...argv])

describe('the end of a process', function () {
  const place = placeDuring(this)

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`comes at once after ${signal} before a write, in one line`, async () => {
      const {api, env} = place
      api.inject({operationId: 'getApiToken', times: Infinity, action: {kind: 'hang'}})
      const {child, end} = startCli(ADD, env)
      await until(() => api.requests.length > 0)
      const from = performance.now()
      child.kill(signal)
      expect(await end).to.deep.equal({exit: 130, stdout: '', stderr: 'Cancelled.\n'})
      expect(performance.now() - from).to.be.below(5000)
    })
  }

  it('leaves the outcome unknown after Ctrl-C inside a write, which a terminal shows after the spinner', async () => {
    place.api.inject({operationId: 'updateApiTokenRoles', times: Infinity, action: {kind: 'hangAfter'}})

    const run = await place.onTerminal(ADD.slice(2), [[/Adding the role\.\.\./, '\u0003']])

    expect(run.exit).to.equal(130)
    expect(stripVTControlCharacters(run.stdout).split('\n').slice(-3)).to.deep.equal([
      'Cancelled during the update. Could not confirm whether the roles were updated.',
      "Check the token's roles: astro deployment organization-token list --all-deployments",
      '',
    ])
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

  it('has the result and the exit code of a run whose stderr or stdout nobody reads', async () => {
    const run = async (argv: readonly string[], unread: 'stderr' | 'stdout') => {
      const {child, end} = startCli(argv, {...place.env, DEBUG: unread === 'stderr' ? 'astro' : undefined})
      child[unread]?.destroy()
      return end
    }

    const added = await run(ADD, 'stderr')
    expect(added.exit).to.equal(0)
    expect(added.stdout).to.match(/^Added ci-pipeline .*\n$/)
    expect(rolesOf(place.api, ciPipeline)).to.deep.include(roleOnDeployment(reports, 'DEPLOYMENT_ADMIN'))
    // Errors of a command and of the program.
    const noToken = command('remove', '-n', 'no-such-token', '--deployment-id', reports)
    for (const [argv, exit] of [[noToken, 3] as const, [command('lst'), 2] as const]) {
      expect(await run(argv, 'stderr')).to.include({exit, stdout: ''})
      expect(await run([...argv, '--json'], 'stdout')).to.include({exit, stderr: ''})
    }
  })

  if (existsSync('/dev/full')) {
    it('comes with one line if its output cannot be written', async () => {
      for (const argv of [LIST, [...ADD, '--json'], [...LIST, '--help']]) {
        const outcome = argv.includes('add') ? ' The roles were updated.' : ''
        const stderr = `Error: Could not write to stdout (ENOSPC).${outcome}\n`
        const run = await runShell(`${lineOf(argv)} >/dev/full`, place.env)
        expect(run, argv.join(' ')).to.deep.equal({exit: 1, stdout: '', stderr})
      }
    })
  }

  it('is a failure if nothing keeps it running, although its work is not done', async () => {
    const {api, env} = place
    api.inject({operationId: 'updateApiTokenRoles', times: Infinity, action: {kind: 'status', status: 503}})

    // Makes every wait of the program one that never ends, and keeps nothing running.
    const NODE_OPTIONS = `--import=${new URL('../support/never-waits.js', import.meta.url).href}`
    const run = await startCli([...ADD, '--json'], {...env, NODE_OPTIONS}).end

    expect(run).to.include({exit: 1, stderr: ''})
    const {error} = json(run) as {error: {kind: string; message: string}}
    expect(error.kind).to.equal('internal')
    expect(error.message).to.match(/exited during the update.*Could not confirm/)
  })
})
