import {expect} from 'chai'
import fc from 'fast-check'
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'

import ours from '../../src/stand-ins/cli-spinners.js'
import {render} from '../../src/stand-ins/ejs.js'
import {ListFormat, Segmenter} from '../../src/stand-ins/intl.js'

// These libraries are not ours, but those of @oclif/core.
const require = createRequire(createRequire(import.meta.url).resolve('@oclif/core'))

/** Every text in a JSON document. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap((one) => textsIn(one)) : []
}

/** The characters of a text, as readers see them. */
function split(segmenter: Pick<Segmenter, 'segment'>, text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({segment}) => segment)
}

describe('what stands in for libraries', () => {
  it('renders the texts of the manifest as ejs does', () => {
    const ejs = require('ejs') as {render: typeof render}
    const context = {command: {id: 'deployment list'}, config: {bin: 'astro', version: '1.2.3'}}
    const manifest = JSON.parse(readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8')) as unknown
    const texts = textsIn(manifest)
    expect(texts.some((text) => text.includes('<%'))).to.equal(true)
    for (const text of texts) expect(render(text, context)).to.equal(ejs.render(text, context))
    expect(render('<%- config.version %> <%=config.none%>', context)).to.equal('1.2.3 undefined')
  })

  it('has the spinners that oclif shows', () => {
    const theirs = require('cli-spinners') as typeof ours
    for (const name of ['dots2', 'line'] as const) expect(ours[name].frames).to.deep.equal(theirs[name].frames)
  })

  it('lists words', () => {
    expect(new ListFormat().format(new Set(['a', 'b', 'c']))).to.equal('a, b, c')
  })

  it('splits a text as Intl.Segmenter does', () => {
    const units = fc.constantFrom('a', ' ', '~', '\r', '\n', '\u0301', '\u200D', '👩', '🇩', '漢', '\u001B')
    fc.assert(
      fc.property(fc.string({unit: units}), (text) => {
        expect(split(new Segmenter(), text)).to.deep.equal(split(new Intl.Segmenter(), text))
      }),
    )
  })
})
