/**
 * Replaces ejs, which compiles a function for each of the 40 texts of a help page. Our templates only insert values.
 */
export function render(template: string, context: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/<%[-=]\s*([\w.]+)\s*%>/g, (_, path: string) => {
    let value: unknown = context
    for (const key of path.split('.')) value = (value as Readonly<Record<string, unknown>>)[key]
    return String(value)
  })
}

export default {render}
