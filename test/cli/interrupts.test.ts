import {expect} from 'chai'
import {once} from 'node:events'
import {setImmediate} from 'node:timers/promises'

import {createInterrupts} from '../../src/cli/interrupts.js'
import {type WriteState} from '../../src/lib/roles/write.js'
import {CANCELLATIONS} from './interrupts-table.js'

const NEVER = new Promise<never>(() => {})

async function fail(): Promise<never> {
  throw new Error('refused')
}

describe('createInterrupts', () => {
  let interrupts: ReturnType<typeof createInterrupts>
  let printed: string[]
  let longWait: AbortController
  let ended: Promise<unknown>

  /** Listens for signals, and records what the command would print and how long it would wait. */
  const listen = (hasPrompt = false, writeState: WriteState = 'not_written') => {
    const end = new AbortController()
    printed = []
    longWait = new AbortController()
    ended = once(end.signal, 'abort')
    interrupts = createInterrupts({
      clearScreen: () => hasPrompt,
      writeState: () => writeState,
      printLine: (line) => printed.push(line),
      async report({details, message}) {
        printed.push(message, details.hint ?? '')
        await fail()
      },
      end() {
        end.abort()
      },
      async wait(milliseconds) {
        printed.push(`waits ${milliseconds} ms`)
        await once(longWait.signal, 'abort')
      },
    })
    interrupts.listen()
  }

  afterEach(() => {
    interrupts.stopListening()
  })

  it('holds back other errors while it ends the process, once, without waiting for a refresh that is over', async () => {
    listen()
    for (const refresh of [Promise.resolve(), fail()]) interrupts.protectRefresh(refresh, 'astronomer.io')
    await setImmediate()
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

  it('waits for a refreshed login to be saved', async () => {
    listen()
    const save = new AbortController()
    interrupts.protectRefresh(once(save.signal, 'abort'), 'astronomer.io')
    process.emit('SIGTERM', 'SIGTERM')
    const waiting = ['Waiting up to 10 seconds for the refreshed login to astronomer.io to be saved.', 'waits 10000 ms']
    expect(printed).to.deep.equal(waiting)
    save.abort()
    await ended
    expect(printed).to.deep.equal([...waiting, 'Cancelled.', ''])
  })

  it('waits for the latest refresh, although an earlier one is over', async () => {
    listen()
    interrupts.protectRefresh(Promise.resolve(), 'astronomer.io')
    interrupts.protectRefresh(NEVER, 'astronomer.io')
    await setImmediate()
    process.emit('SIGTERM', 'SIGTERM')
    expect(printed[0]).to.match(/^Waiting up to 10 seconds/)
    longWait.abort()
    await ended
  })

  for (const {printed: expected, refresh, title, writeState} of CANCELLATIONS) {
    it(`reports the state of the roles and of the login ${title}`, async () => {
      listen(false, writeState)
      if (refresh) interrupts.protectRefresh(refresh === 'fails' ? fail() : NEVER, 'astronomer.io')
      process.emit('SIGTERM', 'SIGTERM')
      longWait.abort()
      await ended
      expect(printed.slice(-2)).to.deep.equal(expected)
    })
  }
})
