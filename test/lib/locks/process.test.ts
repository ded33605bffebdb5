import {expect} from 'chai'
import fs from 'node:fs'
import {hostname} from 'node:os'

import {SYSTEM} from '../../../src/lib/locks/system.js'
import {until} from '../../support/until.js'
import {systemError, withReplaced} from './fake-system.js'

const PID = 2000

/** Does the work on a system that only has these files and links. */
async function withFiles<T>(files: Readonly<Record<string, string>>, work: () => T): Promise<T> {
  const read = (path: string) => {
    const text = files[path]
    if (text === undefined) throw systemError('ENOENT')
    return text
  }

  return withReplaced(fs, {readFileSync: read, readlinkSync: read}, async () => work())
}

/** A system call that finds the process, or fails with this code. */
const killWith = (code: string) => (_: number, signal: number) => {
  if (code !== '' || signal !== 0) throw systemError(code || 'ESRCH')
}

/** A line of /proc/PID/stat: the start time is field 22. */
function statOf(state: string, name = 'node'): string {
  return [`${PID} (${name}) ${state}`, ...Array.from({length: 18}, (_, index) => index), '777', '9', '10'].join(' ')
}

describe('the system', () => {
  const processes: readonly (readonly [
    title: string,
    boolean,
    kill: string,
    stat?: string | undefined,
    start?: string,
  ])[] = [
    ['a process that sleeps', true, '', statOf('S')],
    ['a process with this start time', true, '', statOf('S'), '777'],
    ['a process with parentheses in its name', true, '', statOf('S', 'a) Z (b'), '777'],
    ["another user's process", true, 'EPERM', statOf('R'), '777'],
    ['a process whose start time is unknown', true, '', undefined, '777'],
    ['a process with the same PID but another start time', false, '', statOf('S'), '778'],
    ['a zombie', false, '', statOf('Z')],
    ['a process that is being removed', false, '', statOf('X')],
    ['a process that does not exist', false, 'ESRCH'],
  ]
  for (const [title, expected, code, stat, start] of processes) {
    it(`reports ${title} as ${expected ? 'running' : 'ended'}`, async () => {
      const files = stat === undefined ? {} : {[`/proc/${PID}/stat`]: stat}
      const isRunning = async () => withFiles(files, () => SYSTEM.isRunning(PID, start))

      expect(await withReplaced(process, {kill: killWith(code)}, isRunning)).to.equal(expected)
    })
  }

  it('identifies its processes by host, boot, PID namespace and start time, as far as they are known', async () => {
    const files = {
      '/proc/sys/kernel/random/boot_id': 'boot\n',
      '/proc/self/ns/pid': 'pid:[1]',
      [`/proc/${process.pid}/stat`]: statOf('R'),
    }
    const self = {host: hostname(), pid: process.pid}

    expect([await withFiles(files, SYSTEM.self), await withFiles({}, SYSTEM.self)]).to.deep.equal([
      {...self, machine: `${hostname()} boot pid:[1]`, start: '777'},
      {...self, machine: `${hostname()}  `, start: undefined},
    ])
  })

  it('repeats work until it is stopped, tells the time and draws random numbers', async () => {
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
