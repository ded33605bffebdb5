import {expect} from 'chai'
import {buildSync} from 'esbuild'
import {type ChildProcess, fork} from 'node:child_process'
import {on, once} from 'node:events'
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {acquireLock} from '../../src/lib/locks/lock.js'
import {fakeContext} from '../lib/locks/support.js'
import {newFolder} from '../support/run-cli.js'

const WAITERS = 24

/** Resolves at the first message with this text. */
async function message(child: ChildProcess, text: string): Promise<void> {
  for await (const [received] of on(child, 'message')) if (received === text) return
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal)
  await once(child, 'close')
}

describe('a lock between processes', function () {
  this.timeout(180_000)
  const program = join(newFolder('program'), 'lock-process.mjs')
  let folder: string
  let path: string

  before(() => {
    // A compiled program starts ten times as fast as with tsx.
    buildSync({
      bundle: true,
      entryPoints: [fileURLToPath(new URL('../support/lock-process.ts', import.meta.url))],
      format: 'esm',
      outfile: program,
      platform: 'node',
    })
  })

  beforeEach(() => {
    folder = join(newFolder('lock'), 'locks')
    mkdirSync(folder)
    path = join(folder, 'x')
  })

  const acquire = async () => {
    const {clock, log, pauses, report} = fakeContext()
    return {pauses, log, result: await acquireLock(path, {clock, report, settlesAfterTakeOver: true})}
  }

  const startHolder = async () => {
    const child = fork(program, [path])
    await message(child, 'held')
    return child
  }

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`stays when ${signal} ends its holder, and is taken over at once`, async () => {
      await end(await startHolder(), signal)
      expect(readdirSync(folder)).to.deep.equal(['x'])

      const {pauses, result} = await acquire()

      expect([result.kind, pauses]).to.deep.equal(['held', [5000]])
    })
  }

  it('stays with a holder that is stopped', async () => {
    const child = await startHolder()
    child.kill('SIGSTOP')

    const {log, result} = await acquire()

    expect(result.kind).to.equal('busy')
    expect(log).to.include(`lock wait ${path} process ${child.pid ?? ''}`)
    await end(child, 'SIGKILL')
  })

  it(`is held by ${WAITERS} waiting processes one after the other when its holder is killed`, async () => {
    const counter = `${folder}-counter`
    writeFileSync(counter, '0')
    const holder = await startHolder()
    const waiters = Array.from({length: WAITERS}, () => fork(program, [path, counter]))
    const ends = waiters.map(async (child) => once(child, 'close'))
    await Promise.all(waiters.map(async (child) => message(child, 'waiting for another process')))

    holder.kill('SIGKILL')
    const exits = await Promise.all(ends)

    expect(readFileSync(counter, 'utf8')).to.equal(String(WAITERS))
    expect(exits.filter(([code]) => code !== 0)).to.deep.equal([])
    expect(readdirSync(folder)).to.deep.equal([])
  })
})
