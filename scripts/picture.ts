/**
 * Creates docs/demo.svg, the picture at the top of README.md: the demo as a terminal shows it, without the step with
 * JSON, which is long. The same demo always creates the same picture.
 */
import {spawn} from 'node:child_process'
import {writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {fileURLToPath} from 'node:url'

import {finished, onTerminal} from '../test/support/run-cli.js'

const COLUMNS = 80
/** Sizes in pixels. A letter is as wide as in common fonts of this size; `textLength` stretches other fonts. */
const [LETTER, LINE, MARGIN, BAR] = [7.8, 19, 20, 34]

/** Terminal attributes (SGR) and their classes in the style sheet. ENDS has the attributes that end them. */
const STYLES: Readonly<Record<string, string>> = {1: 'bold', 2: 'dim', 31: 'red', 34: 'blue'}
const ENDS: Readonly<Record<string, readonly string[]>> = {
  0: Object.values(STYLES),
  22: ['bold', 'dim'],
  39: ['red', 'blue'],
}

const SHEET = `
  text { font: 13px ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328 }
  .window { fill: #f6f8fa; stroke: #d1d9e0 }
  .button { fill: #d1d9e0 }
  .bold { font-weight: bold }
  .dim { fill: #59636e }
  .red { fill: #cf222e }
  .blue { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .window { fill: #161b22; stroke: #3d444d }
    .button { fill: #3d444d }
    .dim { fill: #9198a1 }
    .red { fill: #ff7b72 }
    .blue { fill: #79c0ff }
  }
`

/** As much of a line as a terminal shows in one row. */
const FITTING = new RegExp(String.raw`(?:(?:\u001B\[[\d;]*m)*.){1,${COLUMNS}}(?:\u001B\[[\d;]*m)*`, 'g')

interface Run {
  readonly text: string
  readonly styles: readonly string[]
}

/** The steps of the demo, except the one with JSON, as terminal lines with escape sequences for color. */
async function demoLines(): Promise<string[]> {
  const demo = fileURLToPath(new URL('demo.ts', import.meta.url))
  const line = `stty cols ${COLUMNS}; '${process.execPath}' --import tsx '${demo}'`
  const env = {HOME: tmpdir(), PATH: process.env.PATH, TERM: 'xterm'}
  const {exit, stdout} = await finished(spawn('script', onTerminal(line), {env, stdio: ['ignore', 'pipe', 'pipe']}))
  if (exit !== 0) throw new Error(`The demo failed:\n${stdout}`)
  const [, ...steps] = stdout.replaceAll(/\r|\u001B\[\?25[hl]/g, '').split(/^# /m)
  const shown = steps.filter((step) => !step.includes(' --json\n')).map((step) => `# ${step.trimEnd()}`)
  const [last = ''] = shown.slice(-1)
  return [...shown.slice(0, -1), last.replace(/\n\nDone\. .*$/, '')]
    .join('\n\n')
    .split('\n')
    .flatMap((line) => styleLine(line))
}

/** Styles a line: comments are dim, and commands are bold. Breaks lines that are too long. */
function styleLine(line: string): string[] {
  if (line.startsWith('# ')) return [`\u001B[2m${line}\u001B[22m`]
  if (!line.startsWith('$ ')) return line.match(FITTING) ?? ['']
  return breakCommand(line).map((each) => `\u001B[1m${each}\u001B[22m`)
}

/** Breaks a command before a flag. */
function breakCommand(line: string): string[] {
  const cut = line.length > COLUMNS ? line.lastIndexOf(' --', COLUMNS - 2) : -1
  return cut < 4 ? [line] : [`${line.slice(0, cut)} \\`, ...breakCommand(`   ${line.slice(cut)}`)]
}

/** Splits a line into runs with the same style. Throws for an escape sequence without a style. */
function runsOf(line: string): Run[] {
  const styles = new Set<string>()
  return line.split(/(\u001B\[[\d;]*m)/).flatMap((part) => {
    const [, codes] = /^\u001B\[([\d;]*)m$/.exec(part) ?? []
    if (codes === undefined) {
      if (part.includes('\u001B')) throw new Error(`Unsupported escape sequence: ${JSON.stringify(part)}`)
      return part ? [{styles: [...styles], text: part}] : []
    }

    for (const code of codes.split(';').map((each) => each || '0')) {
      const [style, ends] = [STYLES[code], ENDS[code]]
      if (style) styles.add(style)
      else if (ends) for (const end of ends) styles.delete(end)
      else throw new Error(`No style for attribute ${code}`)
    }

    return []
  })
}

/** A line as SVG. Places each run of words separately, so that columns stay aligned in any font. */
function lineSvg(line: string, index: number): string {
  let column = 0
  const spans = runsOf(line).flatMap(({styles, text}) => {
    const start = column
    column += text.length
    return [...text.matchAll(/\S+(?: \S+)*/g)].map(({0: stretch, index: offset}) => {
      const style = styles.length > 0 ? ` class="${styles.join(' ')}"` : ''
      const place = `x="${px(MARGIN + (start + offset) * LETTER)}" textLength="${px(stretch.length * LETTER)}"`
      return `<tspan ${place}${style}>${escapeXml(stretch)}</tspan>`
    })
  })
  return spans.length > 0 ? `  <text y="${BAR + MARGIN + index * LINE}">${spans.join('')}</text>\n` : ''
}

function px(length: number): string {
  return String(Math.round(length * 10) / 10)
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function picture(lines: readonly string[]): string {
  const [width, height] = [Math.ceil(COLUMNS * LETTER + 2 * MARGIN), BAR + MARGIN + lines.length * LINE]
  const buttons = [0, 1, 2].map((each) => `  <circle class="button" cx="${MARGIN + 5 + each * 18}" cy="18" r="5"/>\n`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
  <title id="title">The four commands in a terminal</title>
  <desc id="desc">The commands list the Organization tokens of a Deployment, add a token, change its role, add it to two Deployments at once, and remove it. For a misspelled name, the error suggests the right one.</desc>
  <style>${SHEET}</style>
  <rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${buttons.join('')}${lines.map((line, index) => lineSvg(line, index)).join('')}</svg>
`
}

await writeFile(new URL('../docs/demo.svg', import.meta.url), picture(await demoLines()))
