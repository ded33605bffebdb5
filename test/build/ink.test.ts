import {expect} from 'chai'
import chalk from 'chalk'

import {Box, render, Text} from '../../build/stand-ins/ink.js'

const text = (children: unknown, props = {}) => ({type: Text, props: {children, ...props}})
const box = (flexDirection: string) => (children: unknown) => ({type: Box, props: {children, flexDirection}})
const [row, column] = [box('row'), box('column')]
const component = {type: ({name}: {name?: unknown}) => text(['it is ', name]), props: {name: 'x'}}
const [bold, blue] = [(word: string) => `\u001B[1m${word}\u001B[22m`, (word: string) => `\u001B[34m${word}\u001B[39m`]

function draw(tree: unknown): string {
  const frames: string[] = []
  render(tree, {stdout: {write: (frame: string) => frames.push(frame)}}).unmount()
  return frames.join('(next frame)')
}

describe('drawing a table once', () => {
  const {level} = chalk

  before(() => {
    chalk.level = 1
  })

  after(() => {
    chalk.level = level
  })

  for (const [title, tree, frame] of [
    [
      'puts a column below each other, and a row side by side',
      column([text('a'), row([text('b'), text('c')])]),
      'a\nbc\n',
    ],
    ['calls components, and skips what React skips', column([component, null, false, [[text('in')]]]), 'it is x\nin\n'],
    ['takes no line for empty texts', column([row([text(''), text(null)]), row([text(''), text('a')])]), 'a\n'],
    ['removes spaces at the end of a line', column([text('a  '), text(' ')]), 'a\n\n'],
    ['draws bold and color', row([text('a', {bold: true, color: 'blue'}), text('b')]), `${bold(blue('a'))}b\n`],
  ] as const) {
    it(title, () => {
      expect(draw(tree)).to.equal(frame)
    })
  }
})
