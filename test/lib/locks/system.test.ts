import {expect} from 'chai'
import fs from 'node:fs'
import {hostname} from 'node:os'

import {SYSTEM} from '../../../src/lib/locks/system.js'
import {until} from '../../support/until.js'
import {systemError, withReplaced} from './fake-system.js'

const PID = 2000

/** Whether a process runs whose state the system tells like this. */
async function isRunning(kill: string | true, stat: string | undefined, start?: string) {
  const replaced = {
    kill(_: number, signal: number) {
      if (kill === true && signal === 0) return true
      throw systemError(String(kill))
    },
  }
  const readFileSync = (path: string) => {
    if (path === `/proc/${PID}/stat` && stat !== undefined) return stat
    throw systemError('ENOENT')
  }

  return withReplaced(process, replaced, async () =>
    withReplaced(fs, {readFileSync}, async () => SYSTEM.isRunning(PID, start)),
  )
}

/** What reads files and links, and finds only these. */
function readersOf(files: Readonly<Record<string, string>>) {
  const read = (path: string) => {
    const text = files[path]
    if (text === undefined) throw systemError('ENOENT')
    return text
  }

  return {readFileSync: read, readlinkSync: read}
}

/** A line of /proc/PID/stat: the start time is field 22. */
function statOf(state: string, name = 'node'): string {
  return [`${PID} (${name}) ${state}`, ...Array.from({length: 18}, (_, index) => index), '777', '9', '10'].join(' ')
}

describe('processes of this machine', () => {
  const cases: readonly (readonly [title: string, expected: boolean, ...Parameters<typeof isRunning>])[] = [
    ['one that sleeps', true, true, statOf('S')],
    ['one with this start time', true, true, statOf('S'), '777'],
    ['one with parentheses in its name', true, true, statOf('S', 'a) Z (b'), '777'],
    ["another user's", true, 'EPERM', statOf('R'), '777'],
    ['one whose start time is unknown', true, true, undefined, '777'],
    ['one with another start time, which has got the PID', false, true, statOf('S'), '778'],
    ['a zombie', false, true, statOf('Z')],
    ['one that is being removed', false, true, statOf('X')],
    ['one that does not exist', false, 'ESRCH', undefined],
  ]
  for (const [title, expected, ...state] of cases) {
    it(`${expected ? 'run' : 'do not run'}: ${title}`, async () => {
      expect(await isRunning(...state)).to.equal(expected)
    })
  }

  for (const [title, files, machine, start] of [
    [
      'host, boot, PID namespace and start time',
      {
        '/proc/sys/kernel/random/boot_id': 'boot\n',
        '/proc/self/ns/pid': 'pid:[1]',
        [`/proc/${process.pid}/stat`]: statOf('R'),
      },
      `${hostname()} boot pid:[1]`,
      '777',
    ],
    ['host if the system tells no more', {}, `${hostname()}  `, undefined],
  ] as const) {
    it(`are told apart by ${title}`, async () => {
      const self = await withReplaced(fs, readersOf(files), async () => SYSTEM.self())

      expect(self).to.deep.equal({host: hostname(), machine, pid: process.pid, start})
    })
  }

  it('repeat work until it is stopped, tell the time and draw random numbers', async () => {
    let runs = 0
    const stop = SYSTEM.repeat(1, () => runs++)
    await until(() => runs > 1)
    stop()
    const most = runs
    await SYSTEM.sleep(10)

    expect(runs).to.equal(most)
    expect(SYSTEM.date().getTime()).to.be.closeTo(Date.now(), 1000)
    expect(SYSTEM.now()).to.be.closeTo(performance.now(), 1000)
    expect(SYSTEM.random()).to.be.within(0, 1)
  })
})
