/**
 * What @oclif/table uses of ink, which this replaces in the bundle. Ink keeps a screen in step with a tree that changes,
 * by React's reconciler and a layout engine; a table is drawn once. So drawn, it takes a tenth of the time.
 */
import chalk, {foregroundColorNames} from 'chalk'

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

/** Marks a text of one line. Of its styles, `bold` and a `color` that has a name apply. */
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
  if (type === Text) return textLines(props)
  if (type !== Box) return linesOf(type(props))
  const lines = childrenOf(props).flatMap((child) => linesOf(child))
  // Every cell has one line.
  return props.flexDirection === 'column' || lines.length === 0 ? lines : [lines.join('')]
}

/** An empty text takes no line. */
function textLines(props: Props): string[] {
  const text = childrenOf(props).join('')
  return text === '' ? [] : [styled(text, props)]
}

function styled(text: string, {bold, color}: Props): string {
  const name = foregroundColorNames.find((one) => one === color)
  const colored = name === undefined ? text : chalk[name](text)
  return bold ? chalk.bold(colored) : colored
}

function childrenOf({children}: Props): unknown[] {
  return [children].flat(Infinity)
}

/** React draws nothing for null, undefined and false. */
function isElement(node: unknown): node is Element {
  return typeof node === 'object' && node !== null
}
