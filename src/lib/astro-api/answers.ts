import {AstroError} from '../errors.js'
import {type TokenRole} from '../roles/role-arithmetic.js'
import {type ApiToken as ApiTokenSchema, type Deployment as DeploymentSchema, type SubjectRoles} from './schema.js'

/**
 * Answers of the Astro API, checked where they come in. Each function returns the value that it was given, fields that
 * are not known here included, or throws an `api` error that says what is not as documented.
 */

/** An API token as far as this project reads it; its enums are open, since a server may know more of them. */
export type ApiToken = Omit<Pick<ApiTokenSchema, 'createdAt' | 'createdBy' | 'endAt' | 'id' | 'name'>, 'scope'> & {
  readonly description?: string
  /** STANDARD or DIRECT_ACCESS. */
  readonly kind?: string
  /** ORGANIZATION, WORKSPACE or DEPLOYMENT: where the token was made. */
  readonly scope: string
  readonly updatedAt?: string
  /** Absent for a token that was never used. */
  readonly lastUsedAt?: string
  readonly lastRotatedAt?: string
  readonly roles?: readonly TokenRole[]
}

export type Deployment = Partial<Pick<DeploymentSchema, 'workspaceId' | 'workspaceName'>> &
  Pick<DeploymentSchema, 'id' | 'name'>

export interface Role {
  readonly name: string
  readonly scopeType: string
  /** If not empty, the role can only be used in these Workspaces. */
  readonly restrictedWorkspaceIds?: readonly string[]
}

export interface Organization {
  readonly id: string
  readonly name: string
}

export interface Page<T> {
  readonly items: readonly T[]
  /** The page's size as the server applied it; 0 where it does not say. */
  readonly limit: number
  /** How many there are over all pages. */
  readonly totalCount: number
}

/** One page whose list stands under `key`, each of its items checked by `readItem`. */
export function readPage<T>(body: unknown, key: string, readItem: (value: unknown, at: string) => T): Page<T> {
  const {[key]: items, limit, totalCount} = readObject(body, 'the page')
  if (items === undefined) throw notAsDocumented(`${key} is not a list`)
  if (!isCount(totalCount)) throw notAsDocumented('totalCount is not a count')
  if (limit !== undefined && !isCount(limit)) throw notAsDocumented('limit is not a count')
  return {items: readList(body, key, readItem), limit: limit ?? 0, totalCount}
}

/** The list under `key`, each of its items checked by `readItem`; an empty one where there is no such key. */
export function readList<T>(body: unknown, key: string, readItem: (value: unknown, at: string) => T): readonly T[] {
  const {[key]: items = []} = readObject(body, 'the answer')
  if (!Array.isArray(items)) throw notAsDocumented(`${key} is not a list`)
  return items.map((value: unknown, index) => readItem(value, `${key}[${index}]`))
}

const OPTIONAL_TEXTS = ['description', 'kind', 'createdAt', 'updatedAt', 'endAt', 'lastUsedAt', 'lastRotatedAt']

export function readToken(value: unknown, at = 'the token'): ApiToken {
  // A null says the same as an absent key.
  const token = Object.fromEntries(Object.entries(readObject(value, at)).filter(([, field]) => field !== null))
  requireTexts(token, ['id', 'name', 'scope'], at)
  allowTexts(token, OPTIONAL_TEXTS, at)
  if (token.createdBy !== undefined) readObject(token.createdBy, `${at}.createdBy`)
  if (token.roles !== undefined) {
    if (!Array.isArray(token.roles)) throw notAsDocumented(`${at}.roles is not a list`)
    for (const [index, role] of token.roles.entries()) {
      const entry = `${at}.roles[${index}]`
      requireTexts(readObject(role, entry), ['entityType', 'entityId', 'role'], entry)
    }
  }

  return token as ApiToken
}

export function readDeployment(value: unknown, at = 'the Deployment'): Deployment {
  requireTexts(readObject(value, at), ['id', 'name'], at)
  return value as Deployment
}

export function readRole(value: unknown, at: string): Role {
  requireTexts(readObject(value, at), ['name', 'scopeType'], at)
  return value as Role
}

export function readOrganization(value: unknown, at: string): Organization {
  requireTexts(readObject(value, at), ['id', 'name'], at)
  return value as Organization
}

/** The roles that a write left the token with; every part of them may be absent or null. */
export function readSubjectRoles(value: unknown): SubjectRoles {
  const roles = readObject(value, 'the roles')
  for (const key of ['deploymentRoles', 'workspaceRoles', 'dagRoles']) {
    const list = roles[key] ?? []
    if (!Array.isArray(list)) throw notAsDocumented(`${key} is not a list`)
    for (const [index, entry] of list.entries()) {
      requireTexts(readObject(entry, `${key}[${index}]`), ['role'], `${key}[${index}]`)
    }
  }

  return value as SubjectRoles
}

/** A million is more than any Organization has, and more pages than one would want to ask for at once. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1_000_000
}

function readObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw notAsDocumented(`${at} is not an object`)
}

function requireTexts(object: Readonly<Record<string, unknown>>, keys: readonly string[], at: string): void {
  for (const key of keys) {
    if (typeof object[key] !== 'string') throw notAsDocumented(`${at}.${key} is not a text`)
  }
}

function allowTexts(object: Readonly<Record<string, unknown>>, keys: readonly string[], at: string): void {
  requireTexts(
    object,
    keys.filter((key) => object[key] !== undefined),
    at,
  )
}

function notAsDocumented(what: string): AstroError {
  return new AstroError('api', `The Astro API's answer is not as documented: ${what}.`, {
    hint: 'Try again; if it stays, check that this is the address of the Astro API',
  })
}
