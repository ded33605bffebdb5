import {expect} from 'chai'
import fc from 'fast-check'
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'

import {render} from '../../build/stand-ins/ejs.js'
import {Segmenter} from '../../build/stand-ins/intl.js'

/** Requires a library that @oclif/core uses. */
const require = createRequire(createRequire(import.meta.url).resolve('@oclif/core'))

describe('the stand-ins for libraries', () => {
  it('render the texts of the manifest as ejs does', () => {
    const ejs = require('ejs') as {render: typeof render}
    const context = {command: {id: 'deployment list'}, config: {bin: 'astro', topicSeparator: ' ', version: '1.2.3'}}
    const manifest = readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8')
    const texts = (manifest.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((text) => JSON.parse(text) as string)
    expect(texts.join('')).to.contain('<%')
    for (const text of texts) expect(render(text, context)).to.equal(ejs.render(text, context))
  })

  it('split a text as Intl.Segmenter does', () => {
    const unit = fc.constantFrom('a', ' ', '~', '\r', '\n', '\u0301', '\u200D', '👩', '🇩', '漢', '\u001B')
    fc.assert(
      fc.property(fc.string({unit}), (text) => {
        const [ours, theirs] = [new Segmenter(), new Intl.Segmenter()].map((segmenter) => [...segmenter.segment(text)])
        expect(ours?.map(({segment}) => segment)).to.deep.equal(theirs?.map(({segment}) => segment))
      }),
    )
  })
})
