import {expect} from 'chai'

import {paintFor} from '../../../src/lib/output/colors.js'

const terminal = (hasColors: boolean) => ({isTTY: true, hasColors: () => hasColors})

async function isColoured(...args: Parameters<typeof paintFor>): Promise<boolean> {
  return (await paintFor(...args)).red('x') !== 'x'
}

describe('the colours of a stream', () => {
  it('are what Node says of a terminal, which knows NO_COLOR, FORCE_COLOR and TERM', async () => {
    expect(await isColoured(terminal(true), {})).to.equal(true)
    expect(await isColoured(terminal(false), {})).to.equal(false)
  })

  it('are none into a pipe, unless FORCE_COLOR asks for them', async () => {
    expect(await isColoured({}, {})).to.equal(false)
    expect(await isColoured({}, {FORCE_COLOR: '0'})).to.equal(false)
    expect(await isColoured({}, {FORCE_COLOR: '1'})).to.equal(true)
  })
})
