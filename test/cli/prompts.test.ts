import {expect} from 'chai'
import {once} from 'node:events'
import {PassThrough} from 'node:stream'
import {stripVTControlCharacters} from 'node:util'

import {createPrompts, type Prompts} from '../../src/cli/prompts.js'
import {failureOf} from '../lib/support.js'

const CHOICES = ['etl', 'reports', 'billing'].map((name) => ({value: `id-${name}`, name, short: name, fullText: name}))
const ENTER = '\r'

const terminal = ({rows = 0, stderr = true, stdin = true} = {}) => ({
  stdin: Object.assign(new PassThrough(), {isTTY: stdin}),
  stderr: Object.assign(new PassThrough({encoding: 'utf8'}), {isTTY: stderr, rows}),
})

/** Types the keys as a person does, never two in one turn of the event loop. */
function typeEach([key, ...rest]: readonly string[], stdin: PassThrough): void {
  setImmediate(() => {
    if (key === undefined) return
    stdin.write(key)
    typeEach(rest, stdin)
  })
}

/** Prompts, and types the keys as soon as the prompt is shown. */
async function promptAndType<T>(
  prompt: (prompts: Prompts) => Promise<T>,
  keys: readonly string[],
  streams = terminal(),
): Promise<T> {
  const prompts = createPrompts(streams, {env: {}, isJson: false})
  if (!prompts) throw new Error('the session is non-interactive')
  let shown = ''
  const onText = (text: string) => {
    shown += text
    if (!/etl|y\/N/.test(shown)) return
    streams.stderr.off('data', onText).resume()
    typeEach(keys, streams.stdin)
  }

  streams.stderr.on('data', onText)
  return prompt(prompts)
}

const pick = async (...keys: string[]) => promptAndType(async (prompts) => prompts.pick('Which?', CHOICES), keys)
const confirm = async (...keys: string[]) => promptAndType(async (prompts) => prompts.confirm('Sure?'), keys)

describe('prompts', () => {
  it('return what the user picks from a list that typing filters but not Tab, and confirm only with yes', async () => {
    expect([await pick('\t', ENTER), await pick('b', '\t', 'i', ENTER)]).to.deep.equal(['id-etl', 'id-billing'])
    expect([await confirm('y', ENTER), await confirm(ENTER)]).to.deep.equal([true, false])
  })

  it('show as many choices as the terminal has lines for, and how many there are', async () => {
    const choices = Array.from({length: 40}, (_, at) => ({value: `${at}`, name: `etl-${at}`, short: '', fullText: ''}))
    // A terminal that reports no lines counts as one of 24.
    for (const [rows, shown] of [
      [0, 19],
      [15, 10],
      [3, 1],
    ] as const) {
      const streams = terminal({rows})
      const screens: string[] = []
      streams.stderr.on('data', (text: string) => screens.push(stripVTControlCharacters(text)))
      await promptAndType(async (prompts) => prompts.pick('Which?', choices), [ENTER], streams)
      const screen = screens.find((text) => text.includes('etl-0')) ?? ''
      expect(new Set(screen.match(/etl-\d+/g)).size, `${rows} lines`).to.equal(shown)
      expect(screen).to.contain('40 of 40. Type to filter')
    }
  })

  it('can be aborted, which counts as cancelled', async () => {
    const streams = terminal()
    const prompts = createPrompts(streams, {env: {}, isJson: false})
    const failure = failureOf(async () => prompts?.confirm('Sure?'))
    await once(streams.stderr, 'data')
    expect([prompts?.wereUsed(), prompts?.abort()]).to.deep.equal([true, true])
    expect((await failure).kind).to.equal('cancelled')
    expect([prompts?.wereUsed(), prompts?.abort()]).to.deep.equal([true, false])
  })

  it('are cancelled by Ctrl-C, Ctrl-D and Esc', async () => {
    for (const key of ['\u0003', '\u0004', '\u001B']) {
      for (const prompt of [pick, confirm]) {
        expect((await failureOf(async () => prompt(key))).kind).to.equal('cancelled')
      }
    }
  })

  it('need stdin to be a terminal, and do not open it with --json, in CI, or if stderr is no terminal or a dumb one', () => {
    const options = {env: {}, isJson: false}
    expect(createPrompts(terminal({stdin: false}), options)).to.equal(undefined)
    for (const [more, stderr] of [
      [{isJson: true}, true],
      [{env: {CI: 'true'}}, true],
      [{env: {TERM: 'dumb'}}, true],
      [{}, false],
    ] as const) {
      const streams = Object.defineProperty(terminal({stderr}), 'stdin', {
        get() {
          throw new Error('stdin was opened')
        },
      })
      expect(createPrompts(streams, {...options, ...more})).to.equal(undefined)
    }
  })
})
