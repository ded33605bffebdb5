/**
 * What @oclif/table uses of ink, which this replaces in the bundle. Ink keeps a screen in step with a tree that changes,
 * by React's reconciler and a layout engine; a table is drawn once. So drawn, it takes a tenth of the time.
 */
import chalk, {foregroundColorNames} from 'chalk'
import stringWidth from 'string-width'

interface Props {
  readonly children?: unknown
  readonly [name: string]: unknown
}

/** What React.createElement makes. */
interface Element {
  readonly type: (props: Props) => unknown
  readonly props: Props
}

/** Marks its children as ones that stand side by side, or below each other where `flexDirection` is `column`. */
export function Box(): undefined {
  return undefined
}

/** Marks a text, its lines parted by line feeds. Of its styles, `bold` and a `color` that has a name are heeded. */
export function Text(): undefined {
  return undefined
}

/** Writes the tree to stdout, at once. */
export function render(tree: unknown, {stdout}: {readonly stdout: {write(text: string): unknown}}) {
  const lines = linesOf(tree).map((line) => line.trimEnd())
  stdout.write(`${lines.join('\n')}\n`)
  return {
    unmount() {
      // Nothing goes on after it.
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

/** An empty text takes no line. */
function styledLines(props: Props): string[] {
  const text = childrenOf(props).join('')
  return text === '' ? [] : text.split('\n').map((line) => styled(line, props))
}

function styled(text: string, {bold, color}: Props): string {
  const name = foregroundColorNames.find((one) => one === color)
  const coloured = name === undefined ? text : chalk[name](text)
  return bold ? chalk.bold(coloured) : coloured
}

/** The blocks' lines joined, each padded to the width of its block and each block to the height of the highest. */
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
