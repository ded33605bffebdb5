/**
 * Replaces ink in the bundle, as far as @oclif/table uses it. Ink updates a screen from a changing tree, with React's
 * reconciler and a layout engine. But a table is drawn only once, and this takes a tenth of the time.
 */

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

/** Marks a text of one line. Ignores styles. */
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
  if (type === Text) return textLines(props)
  if (type !== Box) return linesOf(type(props))
  const lines = childrenOf(props).flatMap((child) => linesOf(child))
  // Every cell has one line.
  return props.flexDirection === 'column' || lines.length === 0 ? lines : [lines.join('')]
}

/** An empty text has no line. */
function textLines(props: Props): string[] {
  const text = childrenOf(props).join('')
  return text === '' ? [] : [text]
}

function childrenOf({children}: Props): unknown[] {
  return [children].flat(Infinity)
}

/** React draws nothing for null, undefined and false. */
function isElement(node: unknown): node is Element {
  return typeof node === 'object' && node !== null
}
