import {expect} from 'chai'

import {paintFor} from '../../../src/lib/output/colors.js'

const [WITH, WITHOUT] = [true, false].map((has) => ({isTTY: true, hasColors: () => has}))

describe('paintFor', () => {
  for (const [title, stream, FORCE_COLOR, isColored] of [
    // Node.js knows NO_COLOR, FORCE_COLOR and TERM for a terminal.
    ['uses colors on a terminal that has them', WITH, '0', true],
    ['uses none on a terminal without', WITHOUT, '1', false],
    ['uses none on a terminal that does not know', {isTTY: true}, '1', false],
    ['uses none in a pipe', {}, undefined, false],
    ['uses none in a pipe with FORCE_COLOR=0', {}, '0', false],
    ['uses none in a pipe with FORCE_COLOR=false', {}, 'false', false],
    ['uses colors in a pipe with FORCE_COLOR=1', {}, '1', true],
  ] as const) {
    it(title, async () => {
      const paint = await paintFor({...stream}, {FORCE_COLOR})
      expect(paint.red('x')).to.equal(isColored ? '\u001B[31mx\u001B[39m' : 'x')
    })
  }
})
