import {expect} from 'chai'
import {Writable} from 'node:stream'
import {setImmediate} from 'node:timers/promises'

import {guardOutput, writeWhole} from '../../src/cli/output-streams.js'

describe('writing output', () => {
  it('waits until a full pipe accepts the text', async () => {
    const accepts: (() => void)[] = []
    const pipe = new Writable({highWaterMark: 1, write: (_chunk, _encoding, done) => accepts.push(done)})
    const steps: string[] = []
    const writing = writeWhole(pipe, 'the result').then(() => steps.push('written'))
    await setImmediate()
    steps.push(`accepted ${accepts.length}`)
    accepts[0]?.()
    await writing
    expect(steps).to.deep.equal(['accepted 1', 'written'])
  })

  it('does not wait for a stream that fails', async () => {
    const broken = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        done(new Error('write EIO'))
      },
    }).on('error', () => {})
    await writeWhole(broken, 'the result')
    await writeWhole(broken, 'more')
  })

  for (const [name, error] of [
    ['stdout', Object.assign(new Error('write EPIPE'), {code: 'EPIPE'})],
    ['stderr', Object.assign(new Error('write ENOSPC'), {code: 'ENOSPC'})],
  ] as const) {
    it(`ignores ${error.message} on ${name}, with one listener for any number of commands`, () => {
      const stream = process[name]
      const before = stream.listeners('error')
      guardOutput()
      guardOutput()
      const added = stream.listeners('error').filter((one) => !before.includes(one))
      expect(added).to.have.length.at.most(1)
      for (const listener of added) Reflect.apply(listener, stream, [error])
    })
  }
})
