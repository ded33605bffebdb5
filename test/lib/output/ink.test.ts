import {expect} from 'chai'
import chalk from 'chalk'

import {Box, render, Text} from '../../../src/lib/output/ink.js'

const text = (children: unknown, props = {}) => ({type: Text, props: {children, ...props}})
const row = (...children: unknown[]) => ({type: Box, props: {children, flexDirection: 'row'}})
const column = (...children: unknown[]) => ({type: Box, props: {children, flexDirection: 'column'}})

function drawn(tree: unknown): string {
  let output = ''
  render(tree, {
    stdout: {
      write(frame: string) {
        output += frame
      },
    },
  }).unmount()
  return output
}

describe('drawing a table once', () => {
  it('puts what is in a column below each other, and what is in a row side by side', () => {
    expect(drawn(column(text('a'), row(text('b'), text('c')), text('d')))).to.equal('a\nbc\nd\n')
  })

  it('pads the lines of a block to its width, and a block to the height of its row', () => {
    expect(drawn(row(text('a\nlong'), text('|\n|\n|'), text('漢\nb'), text('|')))).to.equal('a   |漢|\nlong|b\n    |\n')
  })

  it('calls components, and passes over what React does', () => {
    const component = {type: ({name}: {name?: unknown}) => text(['it is ', name]), props: {name: 'x'}}
    expect(drawn(column(component, null, false, [[text('nested')]]))).to.equal('it is x\nnested\n')
  })

  it('takes no line for an empty text', () => {
    expect(drawn(column(row(text(''), text('')), text('a'), text(' ')))).to.equal('a\n\n')
  })

  it('is bold and coloured as the terminal allows', () => {
    const tree = row(text('a\nb', {bold: true, color: 'blue'}), text('c', {color: 'no colour'}))
    const [a, b] = ['a', 'b'].map((letter) => chalk.bold(chalk.blue(letter)))
    expect(drawn(tree)).to.equal(`${a}c\n${b}\n`)
  })
})
