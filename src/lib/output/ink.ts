/**
 * Replaces ink in the bundle, as far as @oclif/table uses it. Ink updates a screen from a changing tree, with React's
 * reconciler and a layout engine. But a table is drawn only once, and this takes a tenth of the time.
 */
import chalk, {foregroundColorNames} from 'chalk'
import stringWidth from 'string-width'

interface Props {
  readonly children?: unknown
  readonly [name: string]: unknown
}

/** A result of React.createElement. */
interface Element {
  readonly type: (props: Props) => unknown
  readonly props: Props
}

/** Marks children to draw side by side, or below each other if `flexDirection` is `column`. */
export function Box(): undefined {
  return undefined
}

/** Marks a text with lines separated by line feeds. Supports only the styles `bold` and named colors. */
export function Text(): undefined {
  return undefined
}

/** Writes the tree to stdout immediately. */
export function render(tree: unknown, {stdout}: {readonly stdout: {write(text: string): unknown}}) {
  const lines = linesOf(tree).map((line) => line.trimEnd())
  stdout.write(`${lines.join('\n')}\n`)
  return {
    unmount() {
      // There is nothing to stop.
    },
  }
}

function linesOf(node: unknown): string[] {
  if (!isElement(node)) return []
  const {props, type} = node
  if (type === Text) return styledLines(props)
  if (type !== Box) return linesOf(type(props))
  const blocks = childrenOf(props).map((child) => linesOf(child))
  return props.flexDirection === 'column' ? blocks.flat() : sideBySide(blocks)
}

/** Styles each line of a text. An empty text has no lines. */
function styledLines(props: Props): string[] {
  const text = childrenOf(props).join('')
  return text === '' ? [] : text.split('\n').map((line) => applyStyle(line, props))
}

function applyStyle(text: string, {bold, color}: Props): string {
  const name = foregroundColorNames.find((one) => one === color)
  const colored = name === undefined ? text : chalk[name](text)
  return bold ? chalk.bold(colored) : colored
}

/** Joins the lines of blocks. Pads each line to the width of its block, and each block to the greatest height. */
function sideBySide(blocks: readonly string[][]): string[] {
  const height = Math.max(0, ...blocks.map((lines) => lines.length))
  const padded = blocks.map((lines) => {
    if (lines.length === 1 && height === 1) return lines
    const widths = lines.map((line) => stringWidth(line))
    const width = Math.max(0, ...widths)
    return Array.from({length: height}, (_, at) => (lines[at] ?? '') + ' '.repeat(width - (widths[at] ?? 0)))
  })
  return Array.from({length: height}, (_, at) => padded.map((lines) => lines[at] ?? '').join(''))
}

function childrenOf({children}: Props): unknown[] {
  return [children].flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false)
}

function isElement(node: unknown): node is Element {
  return typeof node === 'object' && node !== null && 'type' in node && 'props' in node
}
