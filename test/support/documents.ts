import {Ajv, type ValidateFunction} from 'ajv'
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

const validators = new Map([...SCHEMAS].map(([name, schema]) => [name, compile(schema)]))

/** The names of the schemas that the value satisfies, without additional keys. */
export function documentsLike(value: unknown): string[] {
  return [...validators].filter(([, isValid]) => isValid(value)).map(([name]) => name)
}

/** The errors of a document by the schema of that name, additional keys included. */
export function faultsOf(name: string, value: unknown): string[] {
  const isValid = validators.get(name)
  if (!isValid) throw new Error(`There is no schema ${name}.`)
  if (isValid(value)) return []
  return (isValid.errors ?? []).map(
    ({instancePath, message, params}) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  )
}

function compile(schema: Schema): ValidateFunction {
  const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
  return new Ajv({allErrors: true, formats: {'date-time': dateTime}}).compile(closed(schema))
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
