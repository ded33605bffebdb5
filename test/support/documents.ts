import {Ajv} from 'ajv'
import {readdirSync, readFileSync} from 'node:fs'

const FOLDER = new URL('../../schemas/', import.meta.url)

/** The part of JSON Schema that the schemas of the documents use. */
export interface Schema {
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

const texts = readdirSync(FOLDER).map(
  (file) => [file.replace('.schema.json', ''), readFileSync(new URL(file, FOLDER), 'utf8')] as const,
)

/** The published schemas, by the name of the document. */
export const SCHEMAS: ReadonlyMap<string, Schema> = new Map(
  texts.map(([name, text]) => [name, JSON.parse(text) as Schema]),
)

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
const ajv = new Ajv({formats: {'date-time': dateTime}})
const forbidOtherKeys = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value && 'properties' in value ? {...value, additionalProperties: false} : value
const validators = texts.map(([name, text]) => ({name, isValid: ajv.compile(JSON.parse(text, forbidOtherKeys))}))

/** The names of the schemas that the value satisfies, without additional keys. */
export function documentsLike(value: unknown): string[] {
  return validators.filter(({isValid}) => isValid(value)).map(({name}) => name)
}
