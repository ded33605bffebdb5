import {expect} from 'chai'
import fs from 'node:fs'

import {SYSTEM} from '../../../src/lib/locks/process.js'
import {failing, withReplaced} from './support.js'

const PID = 2000

/** Does the work on a system that only has these files and links. */
async function withFiles<T>(files: Readonly<Record<string, string>>, work: () => T): Promise<T> {
  const read = (path: string) => files[path] ?? failing('ENOENT')()
  return withReplaced(fs, {readFileSync: read, readlinkSync: read}, async () => work())
}

const selfWith = async (files: Readonly<Record<string, string>>) => withFiles(files, () => SYSTEM.self())

/** A system call that finds the process, or fails with this code. */
const killWith = (code?: string) => (_: number, signal: number) => {
  if (code !== undefined || signal !== 0) failing(code ?? 'ESRCH')()
}

/** A line of /proc/PID/stat: the start time is field 22. */
function statOf(state: string, name = 'node'): string {
  return [`${PID} (${name}) ${state}`, ...Array.from({length: 18}, (_, index) => index), '777', '9', '10'].join(' ')
}

describe('the operating system', () => {
  for (const {isRunning, kill, start, stat, title} of [
    {title: 'a process that sleeps', isRunning: true, stat: statOf('S')},
    {title: 'a process with parentheses in its name', isRunning: true, stat: statOf('S', 'a) Z (b'), start: '777'},
    {title: "another user's process", isRunning: true, kill: 'EPERM', stat: statOf('R'), start: '777'},
    {title: 'a process whose start time is unknown', isRunning: true, start: '777'},
    {title: 'a process with the same PID but another start time', isRunning: false, stat: statOf('S'), start: '778'},
    {title: 'a zombie', isRunning: false, stat: statOf('Z')},
    {title: 'a process that does not exist', isRunning: false, kill: 'ESRCH'},
  ]) {
    it(`reports ${title} as ${isRunning ? 'running' : 'dead'}`, async () => {
      const files = stat === undefined ? {} : {[`/proc/${PID}/stat`]: stat}
      const check = async () => withFiles(files, () => SYSTEM.isRunning(PID, start))

      expect(await withReplaced(process, {kill: killWith(kill)}, check)).to.equal(isRunning)
    })
  }

  it('identifies its processes by boot, PID namespace and start time, as far as they are known', async () => {
    const boot = {'/proc/sys/kernel/random/boot_id': 'boot\n'}
    const namespace = {'/proc/self/ns/pid': 'pid:[1]'}
    const stat = {[`/proc/${process.pid}/stat`]: statOf('R')}

    const {pid} = process
    expect(await selfWith({...boot, ...namespace, ...stat})).to.deep.equal({pid, machine: 'boot pid:[1]', start: '777'})
    expect(await selfWith(boot)).to.deep.equal({pid, machine: 'boot ', start: undefined})
    expect(await selfWith(namespace)).to.deep.equal({pid, machine: '', start: undefined})
  })

  it('has a temporary directory that TMPDIR does not change, except on Windows', () => {
    if (process.platform !== 'win32') expect(SYSTEM.temporary).to.equal('/tmp')
  })
})
