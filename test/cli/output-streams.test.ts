import {expect} from 'chai'
import {Writable} from 'node:stream'
import {setImmediate} from 'node:timers/promises'

import {guardStdout, writeWhole} from '../../src/cli/output-streams.js'

describe('writing to stdout', () => {
  it('waits until a full pipe has taken the text, and not at all if the pipe has room', async () => {
    const takes: (() => void)[] = []
    const pipe = new Writable({highWaterMark: 1, write: (_chunk, _encoding, done) => takes.push(done)})
    const steps: string[] = []
    const writing = writeWhole(pipe, 'the result').then(() => steps.push('written'))
    await setImmediate()
    steps.push(`taken ${takes.length}`)
    takes[0]?.()
    await writing
    expect(steps).to.deep.equal(['taken 1', 'written'])
    await writeWhole(new Writable({write() {}}), 'the result')
  })

  it('ignores a reader that closed the pipe, with one listener for any number of commands', () => {
    const before = process.stdout.listeners('error')
    guardStdout()
    guardStdout()
    const [added, ...others] = process.stdout.listeners('error')
    added?.(Object.assign(new Error('write EPIPE'), {code: 'EPIPE'}))
    expect(others).to.deep.equal(before.filter((one) => one !== added))
  })
})
