import {expect} from 'chai'
import {buildSync} from 'esbuild'
import {type ChildProcess, fork, spawn} from 'node:child_process'
import {on, once} from 'node:events'
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {newFolder} from '../support/run-cli.js'

const WAITERS = 12
/** More rounds, and processes that keep the cores busy: LOCK_ROUNDS=50 LOCK_BUSY=2. */
const ROUNDS = Number(process.env.LOCK_ROUNDS ?? 1)
const BUSY = Number(process.env.LOCK_BUSY ?? 0)
/** Milliseconds to wait after a take-over. The commands wait longer. */
const AFTER_TAKE_OVER = '1000'

/** Ends with its parent, however that ends. */
const KEEP_BUSY = 'const parent = process.ppid; while (process.ppid === parent);'

/** Resolves at the first message with this text. */
async function message(child: ChildProcess, text: string): Promise<void> {
  for await (const [received] of on(child, 'message')) if (received === text) return
}

describe(`${WAITERS} processes that wait for a lock whose holder is killed`, function () {
  this.timeout(60_000 * ROUNDS)
  const folder = newFolder('waiters')
  let busy: readonly ChildProcess[] = []

  before(() => {
    // Compiled programs start ten times as fast as with tsx.
    buildSync({
      bundle: true,
      entryPoints: ['await-lock', 'hold-lock'].map((name) =>
        fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url)),
      ),
      format: 'esm',
      outdir: folder,
      outExtension: {'.js': '.mjs'},
      platform: 'node',
    })
    busy = Array.from({length: BUSY}, () => spawn(process.execPath, ['-e', KEEP_BUSY]))
  })

  after(() => {
    for (const child of busy) child.kill('SIGKILL')
  })

  for (let round = 1; round <= ROUNDS; round++) {
    it(`hold it one after the other, the first in under 30 seconds (round ${round})`, async () => {
      const locks = mkdtempSync(join(folder, 'locks-'))
      const [path, counter] = [join(locks, 'lock'), join(folder, `counter-${round}`)]
      writeFileSync(counter, '0')
      const holder = fork(join(folder, 'hold-lock.mjs'), [path])
      await message(holder, 'held')
      const argv = [path, counter, AFTER_TAKE_OVER]
      const waiters = Array.from({length: WAITERS}, () => fork(join(folder, 'await-lock.mjs'), argv))
      const ends = waiters.map(async (child) => once(child, 'close'))
      const firstHold = Promise.race(waiters.map(async (child) => message(child, 'held')))
      await Promise.all(waiters.map(async (child) => message(child, 'waiting')))

      holder.kill('SIGKILL')
      const from = performance.now()
      await firstHold
      const firstThrough = performance.now() - from
      const exits = await Promise.all(ends)

      expect(readFileSync(counter, 'utf8')).to.equal(String(WAITERS))
      expect(exits.filter(([code]) => code !== 0)).to.deep.equal([])
      expect(firstThrough).to.be.below(30_000)
      expect(await readdir(locks)).to.deep.equal([])
    })
  }
})
