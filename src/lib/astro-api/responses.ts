import {
  array,
  type GenericIssue,
  type GenericSchema,
  type InferOutput,
  integer,
  maxValue,
  minValue,
  nullish,
  number,
  object,
  optional,
  pipe,
  record,
  safeParse,
  string,
  unknown,
} from 'valibot'

import {AstroError} from '../errors.js'

// The functions return the parsed JSON itself, because roles must be sent back as they were read, with unknown fields.
// Enums are plain strings, because the API may add values. A null means the same as an absent key.

type Checked<S extends GenericSchema> = DeepReadonly<InferOutput<S>>
type DeepReadonly<T> = T extends object ? {readonly [Key in keyof T]: DeepReadonly<T[Key]>} : T

const text = string()

const tokenRoleSchema = object({
  entityType: text,
  entityId: text,
  role: text,
  deploymentId: nullish(text),
})

/** An entry of a token's roles. `deploymentId` is the Deployment of a DAG or DAG_TAG. */
export type TokenRole = Checked<typeof tokenRoleSchema> & Readonly<Record<string, unknown>>

const subjectSchema = object({
  id: optional(text),
  fullName: nullish(text),
  username: nullish(text),
  apiTokenName: nullish(text),
})

const tokenSchema = object({
  id: text,
  name: text,
  /** ORGANIZATION, WORKSPACE or DEPLOYMENT. */
  scope: text,
  description: optional(text),
  /** STANDARD or DIRECT_ACCESS. */
  kind: optional(text),
  createdAt: optional(text),
  createdBy: optional(subjectSchema),
  updatedAt: optional(text),
  /** Absent if it never expires. */
  endAt: optional(text),
  lastUsedAt: optional(text),
  lastRotatedAt: optional(text),
  roles: optional(array(tokenRoleSchema)),
})

/** An API token, as far as this project reads it. Times are RFC 3339. */
export type ApiToken = Omit<Checked<typeof tokenSchema>, 'roles'> & {readonly roles?: readonly TokenRole[] | undefined}

const deploymentSchema = object({
  id: text,
  name: text,
  workspaceId: optional(text),
  workspaceName: optional(text),
})
export type Deployment = Checked<typeof deploymentSchema>

const roleSchema = object({
  name: text,
  description: optional(text),
  scopeType: text,
  /** If not empty, the role can only be used in these Workspaces. */
  restrictedWorkspaceIds: optional(array(text)),
})
export type Role = Checked<typeof roleSchema>

const organizationSchema = object({id: text, name: text})
export type Organization = Checked<typeof organizationSchema>

const subjectRolesSchema = object({
  organizationRole: nullish(text),
  workspaceRoles: nullish(array(object({workspaceId: text, role: text}))),
  deploymentRoles: nullish(array(object({deploymentId: text, role: text}))),
  dagRoles: nullish(array(object({deploymentId: text, dagId: nullish(text), dagTag: nullish(text), role: text}))),
})

/** The roles of the token after a write. */
export type SubjectRoles = Checked<typeof subjectRolesSchema>

/** A larger number would cause too many requests. */
const count = pipe(number(), integer(), minValue(0), maxValue(1_000_000))
const pageSchema = object({limit: optional(count), totalCount: count})
const recordSchema = record(string(), unknown())

export interface Page<T> {
  readonly items: readonly T[]
  /** The size of the page; 0 if the response omits it. */
  readonly limit: number
  readonly totalCount: number
}

/** Checks an item. `at` is its position, such as `tokens[3]`. Throws `api` for any other shape. */
export type ReadItem<T> = (value: unknown, at: string) => T

export function readPage<T>(body: unknown, key: string, readItem: ReadItem<T>): Page<T> {
  const {limit = 0, totalCount} = check(pageSchema, body, 'page')
  const items = readList(body, key, readItem)
  if (items) return {items, limit, totalCount}
  throw notAsDocumented(`page.${key} is missing`)
}

export function readList<T>(body: unknown, key: string, readItem: ReadItem<T>): readonly T[] | undefined {
  const {[key]: items} = check(recordSchema, body, 'page')
  if (items === undefined) return undefined
  return check(array(unknown()), items, key).map((item, index) => readItem(item, `${key}[${index}]`))
}

export function readToken(value: unknown, at = 'token'): ApiToken {
  return check(tokenSchema, withoutNulls(value), at)
}

export function readDeployment(value: unknown, at = 'Deployment'): Deployment {
  return check(deploymentSchema, withoutNulls(value), at)
}

export function readRole(value: unknown, at = 'role'): Role {
  return check(roleSchema, withoutNulls(value), at)
}

export function readOrganization(value: unknown, at = 'Organization'): Organization {
  return check(organizationSchema, value, at)
}

export function readSubjectRoles(value: unknown): SubjectRoles {
  return check(subjectRolesSchema, value, 'roles')
}

function check<S extends GenericSchema>(schema: S, value: unknown, at: string): Checked<S> {
  // valibot accepts a list as an object.
  if (Array.isArray(value) && schema.type !== 'array') throw notAsDocumented(`${at} is not an object`)
  const {issues} = safeParse(schema, value, {abortEarly: true})
  if (issues) throw notAsDocumented(describe(issues[0], at))
  return value as Checked<S>
}

/** By the type of valibot's issue. */
const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  string: 'a string',
}

function describe({expected, path, type}: GenericIssue, at: string): string {
  const keys = (path ?? []).map(({key}) => key)
  const place = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  const isMissing = expected === `"${String(keys.at(-1))}"`
  return `${at}${place} is ${isMissing ? 'missing' : `not ${EXPECTED[type] ?? 'a count'}`}`
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.values(value).includes(null)) return value
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}

function notAsDocumented(what: string): AstroError {
  return new AstroError('api', `The Astro API's response is not as documented: ${what}.`, {
    hint: 'Try again. If it happens again, check that ASTRO_DOMAIN and any proxy lead to the Astro API',
  })
}
