import {expect} from 'chai'
import {buildSync} from 'esbuild'
import {type ChildProcess, fork} from 'node:child_process'
import {on, once} from 'node:events'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {newFolder} from '../support/run-cli.js'

const WAITERS = 24

/** Resolves at the first message with this text. */
async function message(child: ChildProcess, text: string): Promise<void> {
  for await (const [received] of on(child, 'message')) if (received === text) return
}

describe('a lock between processes', function () {
  this.timeout(180_000)
  const program = join(newFolder('program'), 'lock-process.mjs')
  const folder = newFolder('lock')
  const path = join(folder, 'x')
  const counter = join(newFolder(), 'counter')

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

  it(`stays with a holder that is stopped, and then is held by ${WAITERS} processes one after the other`, async () => {
    writeFileSync(counter, '0')
    const holder = fork(program, [path])
    await message(holder, 'held')
    holder.kill('SIGSTOP')
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
