import {expect} from 'chai'
import {Writable} from 'node:stream'
import {setImmediate} from 'node:timers/promises'

import {guardStdout, writeWhole} from '../../src/cli/output-streams.js'

describe('writing to stdout', () => {
  it('ends only when a full pipe has taken the text', async () => {
    const takes: (() => void)[] = []
    const pipe = new Writable({highWaterMark: 1, write: (_chunk, _encoding, done) => takes.push(done)})
    let isOver = false
    const writing = writeWhole(pipe, 'the result').then(() => {
      isOver = true
    })

    await setImmediate()
    expect([takes.length, isOver]).to.deep.equal([1, false])
    takes[0]?.()
    await writing
  })

  it('ends at once if the pipe has room', async () => {
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
