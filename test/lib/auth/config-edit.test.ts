import {expect} from 'chai'
import fc from 'fast-check'
import {setImmediate} from 'node:timers/promises'
import {parse} from 'yaml'

import {replaceValues} from '../../../src/lib/auth/config-edit.js'
import {parseConfig} from '../../../src/lib/auth/config-file.js'
import {EDITS, IMPOSSIBLE, SHAPES} from './config-edit-table.js'

const PATH = ['contexts', 'localhost']
const OLD = {token: 'Bearer old.token', expiresin: '2026-01-31T23:59:59+01:00', refreshtoken: 'old-refresh'}
const NEW = {token: 'Bearer new.token', expiresin: '2026-03-10T13:00:00Z', refreshtoken: 'new-refresh'}

/** A value as somebody may have written it. */
const writtenText = fc.oneof(
  fc.stringMatching(/^[a-z][\w.]{0,8}$/),
  fc.stringMatching(/^[ -~]{0,12}$/).map((text) => JSON.stringify(text)),
  fc.stringMatching(/^[ -~]{0,12}$/).map((text) => `'${text.replaceAll("'", "''")}'`),
)
const comment = fc
  .string({unit: 'grapheme', maxLength: 12})
  .map((text) => (text ? ` # ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\uFEFF]/gu, '')}` : ''))
/** The text before a value, the value, and the text after it. */
const line = (key: string) => fc.tuple(fc.constant(`    ${key}: `), writtenText, comment)
/** RFC 6749 allows any visible ASCII character in a token. */
const secret = fc.stringMatching(/^[!-~]{1,24}$/)

const fill = (shape: string, values: Readonly<Record<string, string>>) =>
  shape.replaceAll(/‹(\w+)›/g, (_, key: string) => values[key] ?? '')

const around = (text: string) => `a:\n  b:\n    first: 1\n    ${text}\n    last: 2 # end\n`

describe('replaceValues', () => {
  for (const [what, shape] of Object.entries(SHAPES)) {
    it(`changes only the values in a file with ${what}, with LF or CRLF`, () => {
      for (const text of [shape, shape.replaceAll('\n', '\r\n')]) {
        expect(replaceValues(fill(text, OLD), PATH, NEW)).to.equal(fill(text, NEW))
      }
    })
  }

  for (const [what, before, value, after] of EDITS) {
    it(what, () => {
      expect(replaceValues(around(before), ['a', 'b'], {key: value})).to.equal(around(after))
    })
  }

  for (const [what, text] of IMPOSSIBLE) {
    it(`returns undefined if ${what}`, () => {
      expect(replaceValues(text, PATH, {token: 'new'})).to.equal(undefined)
    })
  }

  it('leaves every other byte in place, and YAML reads the new values back', () => {
    const world = fc.record({
      own: fc.tuple(line('token'), line('refreshtoken'), line('expiresin')),
      others: fc.array(fc.tuple(writtenText, comment), {maxLength: 4}),
      token: secret,
      refreshtoken: secret,
      eol: fc.constantFrom('\n', '\r\n'),
      start: fc.constantFrom(['contexts:'], ['\uFEFFcontexts:'], ['# start', 'contexts:']),
    })
    const check = fc.property(world, ({eol, others, own, refreshtoken, start, token}) => {
      const lines = others.map((rest, index) => `    other${index}: ${rest.join('')}`)
      const head = [...start, '  localhost:', ...lines]
      const tail = [...lines.map((each) => each.replace('other', 'more')), '']
      const text = [...head, ...own.map((each) => each.join('')), ...tail].join(eol)
      const values = {token: `Bearer ${token}`, refreshtoken, expiresin: NEW.expiresin}
      const edited = replaceValues(text, PATH, values) ?? ''

      const before = parse(text) as {contexts: {localhost: object}}
      expect(parse(edited)).to.deep.equal({contexts: {localhost: {...before.contexts.localhost, ...values}}})
      const rest = edited.split(eol)
      for (const [key, , after] of own) {
        const [changed = ''] = rest.splice(head.length, 1)
        expect([changed.slice(0, key.length), changed.endsWith(after)]).to.deep.equal([key, true])
      }

      expect(rest).to.deep.equal([...head, ...tail])
    })
    fc.assert(check, {numRuns: 60})
  })

  it('prints no warning of the YAML library, as parseConfig does not', async () => {
    const warnings: unknown[] = []
    const listen = (warning: unknown) => warnings.push(warning)
    process.on('warning', listen)
    const text = '[a]: b\ncontexts: {localhost: {token: old}}\n'
    replaceValues(text, PATH, {token: 'new'})
    await parseConfig('/config.yaml', text)
    await setImmediate()
    process.off('warning', listen)
    expect(warnings).to.deep.equal([])
  })
})
