import {expect} from 'chai'
import {fork} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync} from 'node:fs'
import {chmod, mkdir, readdir, readFile, stat, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {acquireLock} from '../../../src/lib/locks/lock.js'
import {lockToken} from '../../../src/lib/locks/token-lock.js'
import {failureOf} from '../support.js'

function fail(error: unknown): never {
  throw error
}

function optionsIn(directory: string) {
  return {directory, organizationId: 'clorg'}
}

describe('locks between processes', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
  })

  describe('acquireLock', () => {
    const purpose = 'the roles of token x'

    it('lets one in after the other, and leaves nothing behind', async () => {
      let inside = 0
      let most = 0
      const work = async () => {
        const lock = await acquireLock(join(folder, 'x'), {purpose})
        most = Math.max(most, ++inside)
        await stat(folder)
        inside--
        await lock.release()
      }

      await Promise.all(Array.from({length: 8}, work))

      expect(most).to.equal(1)
      expect(await readdir(folder)).to.deep.equal([])
    })

    it('says once that it waits for another', async () => {
      const first = await acquireLock(join(folder, 'x'), {purpose})
      let waits = 0
      const second = acquireLock(join(folder, 'x'), {
        purpose,
        onWait() {
          waits++
          first.release().catch(fail)
        },
      })

      await (await second).release()

      expect(waits).to.equal(1)
    })

    it('names the holder after waiting in vain', async () => {
      const lock = await acquireLock(join(folder, 'x'), {purpose})

      const failure = await failureOf(async () => acquireLock(join(folder, 'x'), {purpose, waitMs: 0}))

      expect(failure.kind).to.equal('conflict')
      expect(failure.message).to.match(
        new RegExp(`^Process ${process.pid} has been at the roles of token x since \\d{4}-`),
      )
      await lock.release()
    })

    it('cannot name a holder that left no note', async () => {
      await mkdir(join(folder, 'x'))

      const failure = await failureOf(async () => acquireLock(join(folder, 'x'), {purpose, waitMs: 0}))

      expect(failure.message).to.equal('Another process has been at the roles of token x.')
      expect(failure.details.hint).to.contain(join(folder, 'x'))
    })

    it('gives the system’s own error where no lock can be made', async () => {
      const error: unknown = await acquireLock(join(folder, 'not', 'there'), {purpose}).catch(
        (error_: unknown) => error_,
      )

      expect(error).to.have.property('code', 'ENOENT')
    })

    it('leaves nothing locked where it cannot write who has it', async () => {
      await mkdir(join(folder, 'x.holder'))

      const error: unknown = await acquireLock(join(folder, 'x'), {purpose}).catch((error_: unknown) => error_)

      expect(error).to.have.property('code', 'EISDIR')
      expect(await readdir(folder)).to.deep.equal(['x.holder'])
    })

    it('takes over what a crash left, as soon as it is stale', async () => {
      await mkdir(join(folder, 'x'))
      const sixSecondsAgo = new Date(Date.now() - 6000)
      await utimes(join(folder, 'x'), sixSecondsAgo, sixSecondsAgo)

      const lock = await acquireLock(join(folder, 'x'), {purpose, waitMs: 0})

      expect(await lock.isHeld()).to.equal(true)
      await lock.release()
    })

    it('knows when another has taken it over, and then leaves that one’s alone', async () => {
      const lock = await acquireLock(join(folder, 'x'), {purpose})
      await writeFile(join(folder, 'x.holder'), 'another')

      expect(await lock.isHeld()).to.equal(false)
      await lock.release()

      expect(await readFile(join(folder, 'x.holder'), 'utf8')).to.equal('another')
      expect((await stat(join(folder, 'x'))).isDirectory()).to.equal(true)
    })

    it('is free as soon as its holder is ended by a signal', async () => {
      const child = fork(new URL('../../support/hold-lock.ts', import.meta.url), [join(folder, 'x')], {
        execArgv: ['--import=tsx/esm'],
      })
      await once(child, 'message')
      child.kill('SIGTERM')
      await once(child, 'close')

      const lock = await acquireLock(join(folder, 'x'), {purpose, waitMs: 0})

      expect(await lock.isHeld()).to.equal(true)
      await lock.release()
    })
  })

  describe('lockToken', () => {
    it('is one lock for a token of an Organization, in a folder of the user alone', async () => {
      const [one, another] = [
        await lockToken('cltok1', optionsIn(folder)),
        await lockToken('cltok2', optionsIn(folder)),
      ]

      const [name = ''] = await readdir(folder)
      expect((await stat(join(folder, name))).mode % 0o1000).to.equal(0o700)
      expect((await readdir(join(folder, name))).filter((entry) => !entry.endsWith('.holder'))).to.deep.equal([
        'clorg.cltok1',
        'clorg.cltok2',
      ])
      await Promise.all([one?.release(), another?.release()])
    })

    it('stays in its folder, whatever the Organization is called', async () => {
      const lock = await lockToken('cltok1', {...optionsIn(folder), organizationId: '../../x'})

      const [name = ''] = await readdir(folder)
      expect(await readdir(join(folder, name))).to.include('..%2F..%2Fx.cltok1')
      await lock?.release()
    })

    const unusable: readonly (readonly [title: string, make: (path: string) => Promise<unknown>])[] = [
      ['that others may write to', async (path) => mkdir(path).then(async () => chmod(path, 0o777))],
      ['that is a file', async (path) => writeFile(path, '')],
    ]
    for (const [title, make] of unusable) {
      it(`goes on without a lock, after a warning, where there is a folder ${title}`, async () => {
        await make(join(folder, `astro-organization-token-${process.getuid?.() ?? ''}`))
        const warnings: string[] = []

        const lock = await lockToken('cltok1', {...optionsIn(folder), onWarning: (warning) => warnings.push(warning)})

        expect(lock).to.equal(undefined)
        expect(warnings).to.have.length(1)
        expect(warnings[0]).to.contain('not a folder of this user alone')
      })
    }

    it('goes on without a lock, after a warning, where no folder can be made', async () => {
      const warnings: string[] = []

      const lock = await lockToken('cltok1', {
        directory: join(folder, 'not', 'there'),
        organizationId: 'clorg',
        onWarning: (warning) => warnings.push(warning),
      })

      expect(lock).to.equal(undefined)
      expect(warnings[0]).to.contain('No lock can be made').and.to.contain('ENOENT')
    })

    it('does not go on without a lock that another process has', async () => {
      const lock = await lockToken('cltok1', optionsIn(folder))
      const [name = ''] = await readdir(folder)

      const failure = await failureOf(async () =>
        acquireLock(join(folder, name, 'clorg.cltok1'), {purpose: 'it', waitMs: 0}),
      )

      expect(failure.kind).to.equal('conflict')
      await lock?.release()
    })
  })
})
