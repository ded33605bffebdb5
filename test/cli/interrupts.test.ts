import {expect} from 'chai'
import {once} from 'node:events'

import {createInterrupts, type Interrupts} from '../../src/cli/interrupts.js'
import {type AstroError} from '../../src/lib/errors.js'
import {type WriteState} from '../../src/lib/roles/role-write.js'

const NEVER = new Promise<never>(() => {})

describe('createInterrupts', () => {
  let interrupts: Interrupts
  let lines: string[]
  let reports: string[]
  let waits: number[]
  let hasPrompt: boolean
  let writeState: undefined | WriteState
  /** Lets the time pass that a signal waits for a refresh. */
  let giveUp: () => void
  let ended: Promise<void>

  beforeEach(() => {
    lines = []
    reports = []
    waits = []
    hasPrompt = false
    writeState = undefined
    ended = new Promise((resolve) => {
      interrupts = createInterrupts({
        clearScreen: () => hasPrompt,
        writeState: () => writeState,
        printLine(line) {
          lines.push(line)
        },
        async report({details, message}: AstroError) {
          reports.push(message, details.hint ?? '')
          throw new Error('as a command rejects')
        },
        end: resolve,
        wait: async (milliseconds) =>
          new Promise<void>((resolve) => {
            waits.push(milliseconds)
            giveUp = resolve
          }),
      })
    })
    interrupts.listen()
  })

  afterEach(() => {
    interrupts.stopListening()
  })

  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    it(`ends the process after ${signal}, once, with the cancellation`, async () => {
      process.emit(signal, signal)
      process.emit(signal, signal)
      await ended

      expect(reports).to.deep.equal(['Cancelled.', ''])
      expect(lines).to.deep.equal([])
    })
  }

  it('leaves the end to an open prompt', async () => {
    hasPrompt = true
    process.emit('SIGTERM', 'SIGTERM')
    await interrupts.untilEnd()

    expect(reports).to.deep.equal([])
  })

  it('listens to no signal after the command', () => {
    const during = process.listenerCount('SIGHUP')
    interrupts.stopListening()

    expect(process.listenerCount('SIGHUP')).to.equal(during - 1)
  })

  it('holds back other errors while it ends the process', async () => {
    await interrupts.untilEnd()
    process.emit('SIGTERM', 'SIGTERM')
    const first = await Promise.race([interrupts.untilEnd().then(() => 'error'), ended.then(() => 'end')])

    expect(first).to.equal('end')
  })

  describe('during a refresh of the login', () => {
    it('says what it waits for, and waits until the login is saved', async () => {
      const save = new AbortController()
      interrupts.protectRefresh(once(save.signal, 'abort'), 'astronomer.io')

      process.emit('SIGTERM', 'SIGTERM')
      const before = [...reports]
      save.abort()
      await ended

      expect(lines).to.deep.equal(['Waiting up to 10 seconds for the refreshed login to astronomer.io to be saved.'])
      expect(waits).to.deep.equal([10_000])
      expect(before).to.deep.equal([])
      expect(reports).to.deep.equal(['Cancelled.', ''])
    })

    it('gives up after 10 seconds, and says that the login may be lost', async () => {
      interrupts.protectRefresh(NEVER, 'astronomer.io')

      process.emit('SIGHUP', 'SIGHUP')
      giveUp()
      await ended

      expect(reports).to.deep.equal([
        'Cancelled. The login to astronomer.io was being refreshed and may be lost.',
        'If the next command is refused, log in with the Astro CLI: astro login astronomer.io',
      ])
    })

    it('says that the login may be lost where the refresh fails', async () => {
      interrupts.protectRefresh(fail(), 'astronomer.io')

      process.emit('SIGTERM', 'SIGTERM')
      await ended

      expect(reports[0]).to.contain('may be lost')
    })

    it('says what else is not known inside a write', async () => {
      writeState = 'sent'
      interrupts.protectRefresh(NEVER, 'localhost')

      process.emit('SIGTERM', 'SIGTERM')
      giveUp()
      await ended

      expect(reports).to.deep.equal([
        'Cancelled during the update. Could not confirm whether the roles were updated. The login to localhost was being refreshed and may be lost.',
        'Check the roles of the token: {{list}} --all-deployments (If the next command is refused, log in with the Astro CLI: astro login localhost)',
      ])
    })
  })

  it('does not wait for a refresh that is over', async () => {
    const saved = Promise.resolve()
    const failed = fail()
    interrupts.protectRefresh(saved, 'astronomer.io')
    interrupts.protectRefresh(failed, 'astronomer.io')
    await Promise.allSettled([saved, failed])
    await Promise.resolve()

    process.emit('SIGTERM', 'SIGTERM')
    await ended

    expect(lines).to.deep.equal([])
  })
})

async function fail(): Promise<never> {
  throw new Error('refused')
}
