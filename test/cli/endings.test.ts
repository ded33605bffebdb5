import {expect} from 'chai'
import {once} from 'node:events'
import {setImmediate} from 'node:timers/promises'

import {
  cancelledError,
  createInterrupts,
  failUntilFinished,
  guardOutput,
  unfinishedError,
} from '../../src/cli/endings.js'

const CHECK = "Check the token's roles: {{list}} --all-deployments"
const REFRESHED = 'The login to astronomer.io was being refreshed.'
const LOG_IN = 'If the next command is not authenticated, log in again with the Astro CLI: astro login astronomer.io'
const UNKNOWN = 'Could not confirm whether the roles were updated.'
const UNCONFIRMED = `The command exited during the update. ${UNKNOWN}`
const CONFIRMED = 'The command exited during the update. The roles were updated.'

describe('the end of a command', () => {
  for (const {cancelled, state, unfinished} of [
    {state: 'not_written', cancelled: 'Cancelled.', unfinished: 'The command exited before it was done.'},
    {state: 'sent', cancelled: `Cancelled during the update. ${UNKNOWN}`, unfinished: UNCONFIRMED},
    {state: 'undone', cancelled: 'Cancelled after another writer undid the change.', unfinished: UNCONFIRMED},
    {state: 'written', cancelled: 'Cancelled after the roles were updated.', unfinished: CONFIRMED},
  ] as const) {
    it(`says what is known of its write: ${state}`, () => {
      const hint = state === 'not_written' ? undefined : CHECK
      expect(cancelledError({state})).to.deep.include({kind: 'cancelled', message: cancelled, details: {hint}})
      expect(unfinishedError({state})).to.deep.include({kind: 'internal', message: unfinished, details: {hint}})
      const duringRefresh = cancelledError({state}, 'astronomer.io')
      expect(duringRefresh.message).to.equal(`${cancelled} ${REFRESHED}`)
      expect(duringRefresh.details.hint).to.equal(hint ? `${hint} (${LOG_IN})` : LOG_IN)
    })
  }

  describe('by a signal', () => {
    let interrupts: ReturnType<typeof createInterrupts>
    let reported: unknown[]

    /** Listens for signals. Reports take forever, so that this process does not end. */
    const listen = (hasPrompt: boolean) => {
      reported = []
      const report = async (domain?: string) => {
        reported.push(domain)
        await new Promise(() => {})
      }

      interrupts = createInterrupts({abortPrompt: () => hasPrompt, report})
      interrupts.listen()
    }

    afterEach(() => {
      interrupts.stopListening()
    })

    it('leaves the end to an open prompt, and listens to no signal after the command', async () => {
      const before = process.listenerCount('SIGHUP')
      listen(true)
      process.emit('SIGHUP', 'SIGHUP')
      await interrupts.untilEnd()
      interrupts.stopListening()
      expect([reported, process.listenerCount('SIGHUP')]).to.deep.equal([[], before])
    })

    it('knows the login that is being refreshed, waits for that, and holds back every other error', async () => {
      listen(false)
      await interrupts.untilEnd()
      const end = new AbortController()
      const refresh = interrupts.protectRefresh('astronomer.io', once(end.signal, 'abort'))
      const waiting = interrupts.untilRefreshed()
      expect(await Promise.race([waiting, setImmediate('waits')])).to.equal('waits')
      process.emit('SIGTERM', 'SIGTERM')
      end.abort()
      await Promise.all([refresh, waiting])
      expect(await Promise.race([interrupts.untilEnd(), setImmediate('held back')])).to.equal('held back')
      expect(reported).to.deep.equal(['astronomer.io'])
    })

    it('forgets a refresh that has ended, in either way', async () => {
      listen(false)
      expect(await interrupts.protectRefresh('astronomer.io', Promise.resolve('new'))).to.equal('new')
      const refused = interrupts.protectRefresh('astronomer.io', Promise.reject(new Error('refused')))
      expect(await refused.catch(String)).to.equal('Error: refused')
      process.emit('SIGTERM', 'SIGTERM')
      expect(reported).to.deep.equal([undefined])
    })
  })

  it('has one listener for errors of each stream, for any number of commands', () => {
    guardOutput()
    const before = [process.stdout, process.stderr].map((stream) => stream.listenerCount('error'))
    guardOutput()
    expect([process.stdout, process.stderr].map((stream) => stream.listenerCount('error'))).to.deep.equal(before)
  })

  it('has the exit code of a failure until its work is done, then that of before', () => {
    const {exitCode} = process
    try {
      process.exitCode = 7
      const restore = failUntilFinished(() => {})
      const meanwhile = process.exitCode
      restore()
      expect([meanwhile, process.exitCode]).to.deep.equal([1, 7])
    } finally {
      process.exitCode = exitCode
    }
  })
})
