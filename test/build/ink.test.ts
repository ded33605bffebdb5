import {expect} from 'chai'

import {Box, render, Text} from '../../build/stand-ins/ink.js'

const text = (children: unknown) => ({type: Text, props: {children}})
const box = (flexDirection: string) => (children: unknown) => ({type: Box, props: {children, flexDirection}})
const [row, column] = [box('row'), box('column')]
const component = {type: ({name}: {name?: unknown}) => text(['it is ', name]), props: {name: 'x'}}

describe('drawing a table once', () => {
  for (const {frame, title, tree} of [
    {
      title: 'puts a column below each other, and a row side by side',
      tree: column([text('a'), row([text('b'), text('c')])]),
      frame: 'a\nbc\n',
    },
    {
      title: 'calls components, and skips what React skips',
      tree: column([component, null, false, [[text('in')]]]),
      frame: 'it is x\nin\n',
    },
    {
      title: 'takes no line for empty texts',
      tree: column([row([text(''), text(null)]), row([text(''), text('a')])]),
      frame: 'a\n',
    },
    {title: 'removes spaces at the end of a line', tree: column([text('a  '), text(' ')]), frame: 'a\n\n'},
  ]) {
    it(title, () => {
      const frames: string[] = []
      render(tree, {stdout: {write: (text: string) => frames.push(text)}}).unmount()
      expect(frames).to.deep.equal([frame])
    })
  }
})
