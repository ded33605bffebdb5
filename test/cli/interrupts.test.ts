import {expect} from 'chai'
import {once} from 'node:events'

import {createInterrupts} from '../../src/cli/interrupts.js'
import {type WriteState} from '../../src/lib/roles/role-write.js'
import {CANCELLATIONS} from './interrupts-table.js'

const NEVER = new Promise<never>(() => {})

/** Listens for signals, and notes what the command would print and how long it would wait. */
function listen({hasPrompt = false, writeState}: {hasPrompt?: boolean; writeState?: WriteState} = {}) {
  const printed: string[] = []
  const [longWait, end] = [new AbortController(), new AbortController()]
  const ended = once(end.signal, 'abort')
  const interrupts = createInterrupts({
    clearScreen: () => hasPrompt,
    writeState: () => writeState,
    printLine: (line) => printed.push(line),
    async report({details, message}) {
      printed.push(message, details.hint ?? '')
      throw new Error('as a command rejects')
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
  return {interrupts, printed, ended, longWait}
}

describe('createInterrupts', () => {
  let heard: ReturnType<typeof listen>

  const start = (options?: Parameters<typeof listen>[0]) => {
    heard = listen(options)
    return heard
  }

  afterEach(() => {
    heard.interrupts.stopListening()
  })

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends the process after ${signal}, once, with the cancellation`, async () => {
      const {ended, printed} = start()
      process.emit(signal, signal)
      process.emit(signal, signal)
      await ended
      expect(printed).to.deep.equal(['Cancelled.', ''])
    })
  }

  it('leaves the end to an open prompt', async () => {
    const {interrupts, printed} = start({hasPrompt: true})
    process.emit('SIGTERM', 'SIGTERM')
    await interrupts.untilEnd()
    expect(printed).to.deep.equal([])
  })

  it('listens to no signal after the command', () => {
    const {interrupts} = start()
    const during = process.listenerCount('SIGHUP')
    interrupts.stopListening()
    expect(process.listenerCount('SIGHUP')).to.equal(during - 1)
  })

  it('holds back other errors and requests while it ends the process', async () => {
    const {ended, interrupts} = start()
    await interrupts.untilEnd()
    process.emit('SIGTERM', 'SIGTERM')
    expect(await Promise.race([interrupts.untilEnd().then(() => 'error'), ended.then(() => 'end')])).to.equal('end')
  })

  it('waits for a refreshed login to be saved', async () => {
    const {ended, interrupts, printed} = start()
    const save = new AbortController()
    interrupts.protectRefresh(once(save.signal, 'abort'), 'astronomer.io')
    process.emit('SIGTERM', 'SIGTERM')
    const waiting = ['Waiting up to 10 seconds for the refreshed login to astronomer.io to be saved.', 'waits 10000 ms']
    expect(printed).to.deep.equal(waiting)
    save.abort()
    await ended
    expect(printed).to.deep.equal([...waiting, 'Cancelled.', ''])
  })

  for (const {printed: expected, refresh, title, writeState} of CANCELLATIONS) {
    it(`reports the state of the roles and of the login ${title}`, async () => {
      const {ended, interrupts, longWait, printed} = start(writeState && {writeState})
      if (refresh) interrupts.protectRefresh(refresh === 'fails' ? fail() : NEVER, 'astronomer.io')
      process.emit('SIGTERM', 'SIGTERM')
      longWait.abort()
      await ended
      expect(printed.slice(-2)).to.deep.equal(expected)
    })
  }

  it('does not wait for a refresh that is over', async () => {
    const {ended, interrupts, printed} = start()
    const refreshes = [Promise.resolve(), fail()]
    for (const refresh of refreshes) interrupts.protectRefresh(refresh, 'astronomer.io')
    await Promise.allSettled(refreshes)
    await Promise.resolve()
    process.emit('SIGTERM', 'SIGTERM')
    await ended
    expect(printed).to.deep.equal(['Cancelled.', ''])
  })
})

async function fail(): Promise<never> {
  throw new Error('refused')
}
