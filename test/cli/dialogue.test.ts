import {expect} from 'chai'
import {once} from 'node:events'
import {PassThrough} from 'node:stream'
import {stripVTControlCharacters} from 'node:util'

import {createDialogue} from '../../src/cli/dialogue.js'
import {type Prompts} from '../../src/lib/selection/target.js'
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
  const {prompts} = createDialogue(false, {}, streams)
  if (!prompts) throw new Error('nobody can be asked')
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

describe('the dialogue with the user', () => {
  it('gives what was picked, out of a list that narrows as one types', async () => {
    expect(await answered(pick, ENTER)).to.equal('id-etl')
    expect(await answered(pick, 'b', 'i', 'l', ENTER)).to.equal('id-billing')
  })

  it('takes yes for yes, and nothing for no', async () => {
    expect(await answered(confirm, 'y', ENTER)).to.equal(true)
    expect(await answered(confirm, ENTER)).to.equal(false)
  })

  it('takes back an open question, which then counts as declined', async () => {
    const streams = terminal()
    const {clear, prompts} = createDialogue(false, {}, streams)
    const question = failureOf(async () => prompts?.confirm('Sure?'))
    await once(streams.stderr, 'data')

    expect(clear()).to.equal(true)
    expect((await question).kind).to.equal('cancelled')
    expect(clear()).to.equal(false)
  })

  for (const [what, key] of [
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
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
    it(`asks nothing ${where}`, () => {
      expect(createDialogue(isJson, env, streams).prompts).to.equal(undefined)
    })
  }
})
