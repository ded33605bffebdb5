import {expect} from 'chai'
import fc from 'fast-check'
import {parseDocument} from 'yaml'

import {readPlainYaml} from '../../../src/lib/auth/plain-yaml.js'

const CONFIG = `# written by astro login
cloud:
    api:
        port: "443"
        more:
            deep: x
context: astronomer.io # mine

contexts:
    astronomer_io:
        domain: astronomer.io
        expiresin: "2026-03-10T13:00:00Z"
        refreshtoken: 'it is # one'
        token: Bearer eyJ.a-b_c.d=
    # signed out
    empty:
    localhost:
        token: ""
local:
  core: http://localhost:8888/v1
`

/** Pieces of lines, most of which YAML reads as something else than they seem. */
const piece = fc.oneof(
  fc.constantFrom('a', 'b', 'key', 'context', 'null', 'True', '12', '1e3', '0x1F', '.inf', '~', 'y', 'Bearer a.b'),
  fc.constantFrom('', ' ', '  ', ':', ': ', '-', '- ', '#', ' #', '"', "'", '\\', '|', '>', '&a', '*a', '!!str', '%'),
  fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ',',
    '?',
    '? ',
    '\t',
    '\r',
    'é',
    '\u2028',
    '=',
    '---',
    '...',
    '2026-01-01',
    '__proto__',
  ),
)
const simpleLine = fc
  .tuple(
    fc.constantFrom('', ' ', '  ', '    '),
    fc.constantFrom('a', 'b', 'key'),
    fc.constantFrom('', ' a', ' "a b"', " '12'", ' a:b', ' a #b', '  # c', ' null'),
  )
  .map(([indent, key, value]) => `${indent}${key}:${value}`)
const line = fc.oneof(
  {weight: 3, arbitrary: simpleLine},
  {weight: 1, arbitrary: fc.array(piece, {maxLength: 6}).map((pieces) => pieces.join(''))},
)

describe('readPlainYaml', () => {
  for (const eol of ['\n', '\r\n']) {
    it(`reads what the Astro CLI writes, with ${JSON.stringify(eol)}`, () => {
      const found = readPlainYaml(CONFIG.replaceAll('\n', eol))
      expect(found?.data).to.deep.equal({
        cloud: {api: {port: '443', more: {deep: 'x'}}},
        context: 'astronomer.io',
        contexts: {
          astronomer_io: {
            domain: 'astronomer.io',
            expiresin: '2026-03-10T13:00:00Z',
            refreshtoken: 'it is # one',
            token: 'Bearer eyJ.a-b_c.d=',
          },
          empty: null,
          localhost: {token: ''},
        },
        local: {core: 'http://localhost:8888/v1'},
      })
      const places = [
        ['cloud'],
        ['cloud', 'api', 'more'],
        ['contexts', 'astronomer_io', 'token'],
        ['contexts', 'empty'],
        ['local'],
        ['none'],
      ]
      expect(places.map((keys) => found?.lineOf(keys))).to.deep.equal([3, 6, 14, 16, 20, 0])
    })
  }

  for (const content of ['', '\n\n', '# nothing', '  # nothing\n']) {
    it(`finds nothing in ${JSON.stringify(content)}`, () => {
      expect(readPlainYaml(content)?.data).to.deep.equal({})
    })
  }

  const structures = ['- a', 'a', 'a: [b]', 'a: {b: c}', 'a: |\n  b', 'a: *b', 'a: &b c', 'a: !!str b', '---\na: b']
  const values = ['a: 12', 'a: true', 'a: Null', 'null: a', 'a: 2026-01-01', "a: 'b''c'", 'a: b: c', 'a: b:', 'a: é']
  const layouts = ['a: b\na: c', 'a: b\n  c: d', 'a:\n    b: c\n  d: e', '  a: b', 'a:\tb', 'a: b ', '"a": b', 'a:b']
  for (const content of [...structures, ...values, ...layouts, String.raw`a: "\n"`, '%YAML 1.2', '\uFEFFa: b']) {
    it(`leaves ${JSON.stringify(content)} to the library`, () => {
      expect(readPlainYaml(content)).to.equal(undefined)
    })
  }

  it('reads nothing else than the library does', () => {
    let read = 0
    const check = fc.property(fc.array(line, {maxLength: 6}), (lines) => {
      const content = lines.join('\n')
      const found = readPlainYaml(content)
      if (found === undefined) return
      read += 1
      const document = parseDocument(content, {logLevel: 'error'})
      expect(document.errors).to.deep.equal([])
      expect(found.data).to.deep.equal(document.toJS() ?? {})
    })
    fc.assert(check, {numRuns: 2000})
    expect(read).to.be.above(200)
  })
})
