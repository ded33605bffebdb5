import {expect} from 'chai'
import {once} from 'node:events'
import {setImmediate} from 'node:timers/promises'

import {createInterrupts} from '../../src/cli/interrupts.js'
import {type WriteState} from '../../src/lib/roles/write.js'

const CHECK = 'Check the roles of the token: {{list}} --all-deployments'
const REFRESHED = 'The login to astronomer.io was being refreshed.'
const LOG_IN = 'If the next command is not authenticated, log in again with the Astro CLI: astro login astronomer.io'

async function refuse(): Promise<never> {
  throw new Error('not_written')
}

describe('createInterrupts', () => {
  let interrupts: ReturnType<typeof createInterrupts>
  let printed: string[]
  let ended: Promise<unknown>

  /** Listens for signals, and records what the command would print. */
  const listen = (hasPrompt = false, state: WriteState = 'not_written') => {
    const end = new AbortController()
    printed = []
    ended = once(end.signal, 'abort')
    interrupts = createInterrupts({
      clearScreen: () => hasPrompt,
      write: {state},
      async report({details, message}) {
        printed.push(message, details.hint ?? '')
        await refuse()
      },
      end() {
        end.abort()
      },
    })
    interrupts.listen()
  }

  /** Starts a refresh, and returns how to end it. */
  const startRefresh = () => {
    const end = new AbortController()
    const refresh = interrupts.protectRefresh('astronomer.io', once(end.signal, 'abort'))
    return async () => {
      end.abort()
      await refresh
    }
  }

  afterEach(() => {
    interrupts.stopListening()
  })

  it('holds back other errors while it ends the process, once', async () => {
    listen()
    await interrupts.untilEnd()
    process.emit('SIGTERM', 'SIGTERM')
    process.emit('SIGINT', 'SIGINT')
    expect(await Promise.race([interrupts.untilEnd().then(() => 'error'), ended.then(() => 'end')])).to.equal('end')
    expect(printed).to.deep.equal(['Cancelled.', ''])
  })

  it('leaves the end to an open prompt, and listens to no signal after the command', async () => {
    const before = process.listenerCount('SIGHUP')
    listen(true)
    process.emit('SIGHUP', 'SIGHUP')
    await interrupts.untilEnd()
    interrupts.stopListening()
    expect([printed, process.listenerCount('SIGHUP')]).to.deep.equal([[], before])
  })

  for (const {expected, isRefreshing = false, title, writeState} of [
    {title: 'before a write', expected: ['Cancelled.', '']},
    {title: 'after a refused write', writeState: 'not_written', expected: ['Cancelled.', '']},
    {
      title: 'inside a write',
      writeState: 'sent',
      expected: ['Cancelled during the update. Could not confirm whether the roles were updated.', CHECK],
    },
    {
      title: 'after another writer undid a write',
      writeState: 'undone',
      expected: ['Cancelled after another writer undid the change.', CHECK],
    },
    {title: 'after a write', writeState: 'written', expected: ['Cancelled after the roles were updated.', CHECK]},
    {title: 'during a refresh', isRefreshing: true, expected: [`Cancelled. ${REFRESHED}`, LOG_IN]},
    {
      title: 'during a refresh after a write',
      isRefreshing: true,
      writeState: 'written',
      expected: [`Cancelled after the roles were updated. ${REFRESHED}`, `${CHECK} (${LOG_IN})`],
    },
  ] satisfies readonly {expected: string[]; isRefreshing?: boolean; title: string; writeState?: WriteState}[]) {
    it(`ends the process at once on a signal ${title}, and says what is known`, async () => {
      listen(false, writeState)
      if (isRefreshing) startRefresh()
      process.emit('SIGTERM', 'SIGTERM')
      await ended
      expect(printed).to.deep.equal(expected)
    })
  }

  it('forgets a refresh that has ended, in either way', async () => {
    listen()
    expect(await interrupts.protectRefresh('astronomer.io', Promise.resolve('new'))).to.equal('new')
    const failure = await interrupts.protectRefresh('astronomer.io', refuse()).catch((error: unknown) => error)
    expect(failure).to.have.property('message', 'not_written')
    process.emit('SIGTERM', 'SIGTERM')
    await ended
    expect(printed).to.deep.equal(['Cancelled.', ''])
  })

  it('waits for a refresh before another error ends the command', async () => {
    listen()
    await interrupts.untilRefreshed()
    const endRefresh = startRefresh()
    let isOver = false
    const waiting = interrupts.untilRefreshed().then(() => {
      isOver = true
    })
    await setImmediate()
    expect(isOver).to.equal(false)
    await endRefresh()
    await waiting
  })
})
