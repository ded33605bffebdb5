import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {setImmediate} from 'node:timers/promises'

import {SYSTEM} from '../../../src/lib/locks/system.js'

const isLinux = process.platform === 'linux'

describe('processes of this machine', () => {
  const {pid, start} = SYSTEM.self()

  it('run as long as they have not ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'ignore'})
    const childPid = child.pid ?? 0
    const isRunning = SYSTEM.isRunning(childPid)
    child.kill('SIGKILL')
    await once(child, 'close')

    expect([isRunning, SYSTEM.isRunning(childPid)]).to.deep.equal([true, false])
  })

  it('are known by their start time, if the system tells it', () => {
    expect(SYSTEM.isRunning(pid, start)).to.equal(true)
    expect(SYSTEM.isRunning(pid, '1')).to.equal(!isLinux)
    expect(SYSTEM.isRunning(pid)).to.equal(true)
  })

  if (isLinux) {
    it('have a start time, and are told apart by PID namespace', () => {
      expect(start).to.match(/^\d+$/)
      expect(SYSTEM.self().machine).to.contain('pid:[')
    })

    it('have ended if they are zombies', async () => {
      // The shell becomes a program that never asks how its child ended.
      const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {stdio: ['ignore', 'pipe', 'ignore']})
      const [output] = (await once(parent.stdout, 'data')) as [Buffer]
      const child = Number(output.toString())
      await untilFile(`/proc/${parent.pid ?? 0}/comm`, 'sleep')
      process.kill(child, 'SIGKILL')
      await untilFile(`/proc/${child}/stat`, ') Z')

      expect(SYSTEM.isRunning(child)).to.equal(false)
      parent.kill('SIGKILL')
    })
  }
})

/** Waits until the file has this in it. */
async function untilFile(path: string, text: string): Promise<void> {
  while (!(await readFile(path, 'utf8')).includes(text)) await setImmediate()
}
