import {expect} from 'chai'
import {Writable} from 'node:stream'
import {setImmediate} from 'node:timers/promises'

import {hasColors, writeWhole} from '../../src/cli/render-error.js'

const [WITH, WITHOUT] = [true, false].map((has) => ({isTTY: true, hasColors: () => has}))

function fail(_chunk: unknown, _encoding: string, done: (error: Error) => void): void {
  done(new Error('write EIO'))
}

describe('an error', () => {
  for (const {title, stream, FORCE_COLOR, isColored} of [
    // Node.js knows NO_COLOR, FORCE_COLOR and TERM for a terminal.
    {title: 'has colors on a terminal that has them', stream: WITH, FORCE_COLOR: '0', isColored: true},
    {title: 'has none on a terminal without', stream: WITHOUT, FORCE_COLOR: '1', isColored: false},
    {title: 'has none on a terminal that does not know', stream: {isTTY: true}, FORCE_COLOR: '1', isColored: false},
    {title: 'has none in a pipe', stream: {}, FORCE_COLOR: undefined, isColored: false},
    {title: 'has none in a pipe with FORCE_COLOR=false', stream: {}, FORCE_COLOR: 'false', isColored: false},
    {title: 'has colors in a pipe with FORCE_COLOR=1', stream: {}, FORCE_COLOR: '1', isColored: true},
  ]) {
    it(title, () => {
      expect(hasColors({...stream}, {FORCE_COLOR})).to.equal(isColored)
    })
  }

  it('waits until a full pipe accepts it', async () => {
    const accepts: (() => void)[] = []
    const pipe = new Writable({highWaterMark: 1, write: (_chunk, _encoding, done) => accepts.push(done)})
    const writing = writeWhole(pipe, 'the result').then(() => 'written')
    expect(await Promise.race([writing, setImmediate('waits')])).to.equal('waits')
    accepts[0]?.()
    expect(await writing).to.equal('written')
  })

  it('does not wait for a stream that fails', async () => {
    const broken = new Writable({highWaterMark: 1, write: fail}).on('error', () => {})
    await writeWhole(broken, 'the result')
    await writeWhole(broken, 'more')
    expect(broken.destroyed).to.equal(true)
  })
})
