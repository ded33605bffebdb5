import {expect} from 'chai'
import {once} from 'node:events'
import {PassThrough} from 'node:stream'
import {stripVTControlCharacters} from 'node:util'

import {createPrompts, type Prompts} from '../../src/cli/prompts.js'
import {failureOf} from '../lib/support.js'

const CHOICES = ['etl', 'reports', 'billing'].map((name) => ({value: `id-${name}`, name, short: name}))
const ENTER = '\r'

function terminal(isTTY: {readonly stdin?: boolean; readonly stderr?: boolean} = {}) {
  const {stderr = true, stdin = true} = isTTY
  return {
    stdin: Object.assign(new PassThrough(), {isTTY: stdin}),
    stderr: Object.assign(new PassThrough(), {isTTY: stderr}),
  }
}

/** Types the keys as a person does, never two in one turn of the event loop. */
function typeEach([key, ...rest]: readonly string[], stdin: PassThrough): void {
  setImmediate(() => {
    if (key === undefined) return
    stdin.write(key)
    typeEach(rest, stdin)
  })
}

const pick = async (prompts: Prompts) => prompts.pick('Which?', CHOICES)
const confirm = async (prompts: Prompts) => prompts.confirm('Sure?')

/** What comes of a question to which this is typed as soon as it is shown. */
async function answered<T>(ask: (prompts: Prompts) => Promise<T>, ...typed: readonly string[]): Promise<T> {
  const streams = terminal()
  const prompts = createPrompts(streams, {env: {}, isJson: false})
  if (!prompts) throw new Error('the session is non-interactive')
  let shown = ''
  let isTyped = false
  streams.stderr.setEncoding('utf8').on('data', (text: string) => {
    shown += stripVTControlCharacters(text)
    if (isTyped || !/❯ etl|y\/N/.test(shown)) return
    isTyped = true
    typeEach(typed, streams.stdin)
  })
  return ask(prompts)
}

describe('prompts', () => {
  it('gives what was picked, out of a list that narrows as one types', async () => {
    expect(await answered(pick, ENTER)).to.equal('id-etl')
    expect(await answered(pick, 'b', 'i', 'l', ENTER)).to.equal('id-billing')
  })

  it('takes yes for yes, and nothing for no', async () => {
    expect(await answered(confirm, 'y', ENTER)).to.equal(true)
    expect(await answered(confirm, ENTER)).to.equal(false)
  })

  it('aborts an open prompt, which then counts as cancelled', async () => {
    const streams = terminal()
    const prompts = createPrompts(streams, {env: {}, isJson: false})
    const question = failureOf(async () => prompts?.confirm('Sure?'))
    await once(streams.stderr, 'data')

    expect(prompts?.abort()).to.equal(true)
    expect((await question).kind).to.equal('cancelled')
    expect(prompts?.abort()).to.equal(false)
  })

  for (const [what, key] of [
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Esc', '\u001B'],
  ] as const) {
    it(`is cancelled by ${what}`, async () => {
      expect((await failureOf(async () => answered(pick, key))).kind).to.equal('cancelled')
      expect((await failureOf(async () => answered(confirm, key))).kind).to.equal('cancelled')
    })
  }

  for (const [where, isJson, env, streams] of [
    ['with --json', true, {}, terminal()],
    ['in CI', false, {CI: 'true'}, terminal()],
    ['where the cursor cannot be moved', false, {TERM: 'dumb'}, terminal()],
    ['where stdin is no terminal', false, {}, terminal({stdin: false})],
    ['where stderr is no terminal', false, {}, terminal({stderr: false})],
  ] as const) {
    it(`does not prompt ${where}`, () => {
      expect(createPrompts(streams, {env, isJson})).to.equal(undefined)
    })
  }
})
