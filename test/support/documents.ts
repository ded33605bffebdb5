import {Ajv} from 'ajv'
import {readdirSync, readFileSync} from 'node:fs'

const FOLDER = new URL('../../schemas/', import.meta.url)
const SUFFIX = '.schema.json'

/** The part of JSON Schema that the schemas of the documents use. */
export interface Schema {
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

/** The published schemas, by the name of the document. */
export const SCHEMAS: ReadonlyMap<string, Schema> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => [file.slice(0, -SUFFIX.length), JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Schema]),
)

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
const ajv = new Ajv({formats: {'date-time': dateTime}})
const validators = new Map([...SCHEMAS].map(([name, schema]) => [name, ajv.compile(closed(schema))]))

/** The names of the schemas that the value satisfies, without additional keys. */
export function documentsLike(value: unknown): string[] {
  return [...validators].filter(([, isValid]) => isValid(value)).map(([name]) => name)
}

/** The schema, but without additional keys. */
function closed(schema: Schema): Schema {
  const {items, properties} = schema
  return {
    ...schema,
    ...(items && {items: closed(items)}),
    ...(properties && {
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, closed(inner)])),
    }),
  }
}
