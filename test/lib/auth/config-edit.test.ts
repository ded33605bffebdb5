import {expect} from 'chai'
import fc from 'fast-check'
import {parse} from 'yaml'

import {replaceValues} from '../../../src/lib/auth/config-edit.js'

const PATH = ['contexts', 'localhost']
const OLD = {token: 'Bearer old.token', expiresin: '2026-01-31T23:59:59+01:00', refreshtoken: 'old-refresh'}
const NEW = {token: 'Bearer new.token', expiresin: '2026-03-10T13:00:00Z', refreshtoken: 'new-refresh'}

/** Files of every shape: each `‹key›` stands for that key's value, and all else is to stay. */
const SHAPES: Readonly<Record<string, string>> = {
  'block style, in the order and indentation of the Astro CLI': `context: localhost
contexts:
    localhost:
        domain: localhost
        expiresin: "‹expiresin›"
        organization: clorg1
        refreshtoken: ‹refreshtoken›
        token: ‹token›
        workspace: clwsp1
project:
    name: ""
`,
  'comments, blank lines and odd spaces': `# mine, not yours

contexts:   # all of them
  localhost:

    token:    ‹token›   # the access token
    # "old-refresh" was here
    refreshtoken:   '‹refreshtoken›' # it's secret
    expiresin: "‹expiresin›"  \t
   # an odd comment
local: {core:    'http://localhost:8888/v1'}
`,
  'double quotes': 'contexts: \n  localhost:\n    "token": "‹token›"\n    "expiresin": "‹expiresin›"\n',
  'single quotes': "contexts:\n  'localhost':\n    'token': '‹token›'\n    'expiresin': '‹expiresin›'\n",
  'flow style': "contexts: { localhost: {expiresin: '‹expiresin›',token: ‹token›, x: [1, 2 ], } , b: {token: t} }\n",
  JSON: '{"contexts":{"localhost":{"token":"‹token›","expiresin":"‹expiresin›","refreshtoken":"‹refreshtoken›"}}}',
  'no line end at the end': 'contexts:\n  localhost:\n    expiresin: "‹expiresin›"\n    token: ‹token›',
  'a byte order mark': '\uFEFFcontexts:\n  localhost:\n    token: ‹token›\n    expiresin: "‹expiresin›"\n',
  'a document start and end': '%YAML 1.2\n---\ncontexts:\n  localhost:\n    token: ‹token›\n...\n',
  'keys that nobody knows':
    'zzz: {a: ~}\ncontexts:\n  localhost:\n    Token: T\n    new: [0x1F, 1_000]\n    token: ‹token›\n',
  'two logins with the same values': `contexts:
  astronomer_io:
    token: Bearer old.token
    refreshtoken: old-refresh
  localhost:
    token: ‹token›
    refreshtoken: ‹refreshtoken›
  localhost_2: {token: Bearer old.token, refreshtoken: old-refresh}
`,
  'anchors and tags':
    'x: &x !!str old\ncontexts:\n  localhost: &me\n    token: &t !!str ‹token›\n    expiresin: !!str "‹expiresin›"\ny: *x\n',
  'explicit keys': 'contexts:\n  localhost:\n    ? token\n    : ‹token›\n    ? expiresin\n    : "‹expiresin›"\n',
  'times without quotes':
    'contexts:\n  localhost: {expiresin: ‹expiresin›, token: ‹token›}\n  x: {expiresin: 2020-01-01T00:00:00Z}\n',
  'values on their own lines':
    'contexts:\n  localhost:\n    token:\n      ‹token›\n    expiresin:\n      "‹expiresin›"\n',
  'letters of other scripts':
    'ключ: "ほげ" # 😀\ncontexts:\n  localhost:\n    é: 😀\n    token: ‹token› # 😀\n    expiresin: "‹expiresin›"\n',
}

/** A key's value as someone may have written it. */
const writtenText = fc.oneof(
  fc.stringMatching(/^[a-z][\w.]{0,8}$/),
  fc.stringMatching(/^[ -~]{0,12}$/).map((text) => JSON.stringify(text)),
  fc.stringMatching(/^[ -~]{0,12}$/).map((text) => `'${text.replaceAll("'", "''")}'`),
)
const comment = fc.oneof(
  fc.constant(''),
  fc
    .string({unit: 'grapheme', maxLength: 12})
    .map((text) => ` # ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\uFEFF]/gu, '')}`),
)
const otherLine = fc
  .tuple(fc.stringMatching(/^other\d{1,6}$/), writtenText, comment)
  .map(([key, value, after]) => ({key, line: `${key}: ${value}${after}`}))
const otherLines = fc.uniqueArray(otherLine, {maxLength: 4, selector: ({key}) => key})
/** What a provider may give: RFC 6749 allows any visible letter. */
const secret = fc.stringMatching(/^[!-~]{1,24}$/)

/** The line within a file. */
function around(line: string): string {
  return `a:\n  b:\n    first: 1\n    ${line}\n    last: 2 # end\n`
}

function filled(shape: string, values: Readonly<Record<string, string>>): string {
  return shape.replaceAll(/‹(\w+)›/g, (_, key: string) => values[key] ?? '')
}

describe('replaceValues', () => {
  for (const [what, shape] of Object.entries(SHAPES)) {
    for (const [ends, text] of [
      ['', shape],
      [', with CRLF', shape.replaceAll('\n', '\r\n')],
    ] as const) {
      it(`changes the values alone in a file of ${what}${ends}`, () => {
        expect(replaceValues(filled(text, OLD), PATH, NEW)).to.equal(filled(text, NEW))
      })
    }
  }

  it('changes nothing but the keys that are named', () => {
    const shape = 'contexts:\n  localhost:\n    token: ‹token›\n    refreshtoken: old-refresh\n'
    expect(replaceValues(filled(shape, OLD), PATH, {token: NEW.token})).to.equal(filled(shape, NEW))
  })

  it('does not add a key that is not there', () => {
    const text = 'contexts:\n  localhost:\n    token: a\n'
    expect(replaceValues(text, PATH, {token: 'b', expiresin: 'c'})).to.equal(text.replace('token: a', 'token: b'))
  })

  const cases: readonly (readonly [what: string, before: string, value: string, after: string])[] = [
    [
      'keeps a time without quotes that had none',
      'key: 2026-01-01T00:00:00Z',
      '2026-02-02T00:00:00Z',
      'key: 2026-02-02T00:00:00Z',
    ],
    [
      'keeps a time without quotes in a flow mapping',
      'x: {key: 2026-01-01T00:00:00Z}\n    key: 2026-01-01T00:00:00+01:00 # soon',
      '2026-02-02T00:00:00Z',
      'x: {key: 2026-01-01T00:00:00Z}\n    key: 2026-02-02T00:00:00Z # soon',
    ],
    [
      'quotes a time in place of a text without quotes, which old YAML would take for a time',
      'key: soon',
      '2026-02-02T00:00:00Z',
      'key: "2026-02-02T00:00:00Z"',
    ],
    ['keeps a word without quotes after which a colon comes', 'key: a', 'a:b', 'key: a:b'],
    ['quotes what would be a comment', 'key: a', 'a #b', 'key: "a #b"'],
    ['quotes what would be a mapping', 'key: a', 'a: b', 'key: "a: b"'],
    ['quotes what would be no text', 'key: a', 'null', 'key: "null"'],
    ['quotes what would be no text in old YAML', 'key: a', 'yes', 'key: "yes"'],
    ['quotes what would be a number', 'key: a', '12', 'key: "12"'],
    ['quotes what would end a flow mapping', 'key: a', 'a,b}', 'key: "a,b}"'],
    ['keeps single quotes, doubled within', "key: 'a'", "it's", "key: 'it''s'"],
    ['keeps double quotes, escaped within', 'key: "a"', String.raw`a"b\c`, String.raw`key: "a\"b\\c"`],
    ['takes double quotes for what single ones cannot hold', "key: 'a'", 'a\nb', String.raw`key: "a\nb"`],
    ['fills a value that is empty', 'key:', 'b', 'key: b'],
    ['fills a value that is empty, before a comment', 'key:   # none', 'b', 'key: b   # none'],
    ['fills a value that is an empty text', "key: ''", 'b', "key: 'b'"],
    ['fills a value that is null', 'key: null', 'b', 'key: b'],
    ['replaces a text over two lines', 'key: one\n      two', 'b', 'key: b'],
    ['replaces a text in a block, and not the line end after it', 'key: |-\n      a\n', 'b', 'key: "b"\n'],
    ['replaces a folded text in a block', 'key: >\n      a\n      b\n\n', 'c', 'key: "c"\n\n'],
  ]
  for (const [what, before, value, after] of cases) {
    it(what, () => {
      expect(replaceValues(around(before), ['a', 'b'], {key: value})).to.equal(around(after))
    })
  }

  const impossible: readonly (readonly [what: string, text: string])[] = [
    ['there is no such mapping', 'contexts: {other: {token: a}}\n'],
    ['there is a text in its place', 'contexts: {localhost: token}\n'],
    ['there is nothing', ''],
    ['the text is no YAML', 'contexts: {localhost: {token: a}\n'],
    ['a key is there twice', 'contexts:\n  localhost:\n    token: a\n    token: b\n'],
    ['the mapping is an alias', 'contexts:\n  other: &a {token: a}\n  localhost: *a\n'],
    ['another mapping is an alias of it', 'contexts:\n  localhost: &a {token: a}\n  other: *a\n'],
    ['the value is an alias', 'x: &a a\ncontexts:\n  localhost: {token: *a}\n'],
    ['another value is an alias of it', 'contexts:\n  localhost: {token: &a a}\nx: *a\n'],
    ['the value is a mapping', 'contexts:\n  localhost: {token: {a: 1}}\n'],
    ['a tag makes something else of it', 'contexts:\n  localhost: {token: !!binary "YQ=="}\n'],
    ['it is a flow mapping whose key has no value', 'contexts: {localhost: {token}}\n'],
  ]
  for (const [what, text] of impossible) {
    it(`does nothing where ${what}`, () => {
      expect(replaceValues(text, PATH, {token: 'new'})).to.equal(undefined)
    })
  }

  it('knows no key by what every object has', () => {
    const text = 'a:\n  constructor: 1\n  __proto__: 2\n  token: b # c\n'
    expect(replaceValues(text, ['a'], {token: 'd'})).to.equal(text.replace('b #', 'd #'))
  })

  it('leaves every other byte, whatever is around, and the new values read back', () => {
    fc.assert(
      fc.property(
        fc.record({
          before: otherLines,
          after: otherLines,
          old: fc.tuple(writtenText, writtenText, writtenText),
          comments: fc.tuple(comment, comment, comment),
          secrets: fc.tuple(secret, secret),
          eol: fc.constantFrom('\n', '\r\n'),
          start: fc.constantFrom('', '\uFEFF', '# start\n'),
        }),
        ({after, before, comments, eol, old, secrets, start}) => {
          const keys = ['token', 'refreshtoken', 'expiresin'] as const
          const own = keys.map((key, index) => ({
            head: `${key}: `,
            value: old[index] ?? '',
            tail: comments[index] ?? '',
          }))
          const head = `${start}contexts:${eol}  localhost:${eol}${before.map(({line}) => `    ${line}${eol}`).join('')}`
          const tail = `${eol}    ${after.map(({line}) => `x${line}`).join(`${eol}    `)}`.trimEnd() + eol
          const text = head + own.map((each) => `    ${each.head}${each.value}${each.tail}`).join(eol) + tail
          const values = {token: `Bearer ${secrets[0]}`, refreshtoken: secrets[1], expiresin: NEW.expiresin}

          const edited = replaceValues(text, PATH, values) ?? ''

          const data = parse(text) as {contexts: {localhost: object}}
          expect(parse(edited)).to.deep.equal({contexts: {localhost: {...data.contexts.localhost, ...values}}})
          let rest = edited
          const skip = (part: string) => {
            expect(rest.slice(0, part.length)).to.equal(part)
            rest = rest.slice(part.length)
          }

          skip(head)
          for (const [index, {head, tail}] of own.entries()) {
            skip(`${index > 0 ? eol : ''}    ${head}`)
            const value = values[keys[index] ?? 'token']
            const forms = [JSON.stringify(value), `'${value.replaceAll("'", "''")}'`, value]
            skip(forms.find((form) => rest.startsWith(form)) ?? 'one of these forms')
            skip(tail)
          }

          expect(rest).to.equal(tail)
        },
      ),
      {numRuns: 400},
    )
  })
})
