import {type ApiToken} from '../astro-api/responses.js'
import {type AuditedRole} from '../roles/audit.js'
import {type ScopedToken} from '../roles/service.js'
import {creatorOf} from './result-json.js'
import {type TableColumn} from './table.js'
import {expiryOf, longAgo, longAgoOrNever, timeAgo} from './time-ago.js'

interface AnyColumn extends TableColumn {
  /** The key of the value in JSON. */
  readonly key: string
}

/** A column of texts from the API, which are not yet safe to print. */
export interface TextColumn<T> extends AnyColumn {
  readonly text: (item: T) => string
}

/** A column of times from the API, in RFC 3339. */
export interface TimeColumn<T> extends AnyColumn {
  readonly time: (item: T) => string | undefined
  /** The text of a cell, except in CSV. */
  readonly words: (time: string | undefined, now: Date) => string
  /** The position of rows without a time in the sort order. */
  readonly absent: 'earliest' | 'latest'
}

/** A column of a table of items. */
export type Column<T> = TextColumn<T> | TimeColumn<T>

export interface ColumnSet<T> {
  /** All columns, in the order in which an error lists them. */
  readonly all: readonly Column<T>[]
  /** The default columns. */
  readonly shown: readonly Column<T>[]
}

type HasToken = Readonly<{token: ApiToken}>

const ID: Column<HasToken> = {header: 'ID', key: 'id', truncation: 'never', text: ({token}) => token.id}

const NAME: Column<HasToken> = {header: 'NAME', key: 'name', truncation: 'second', text: ({token}) => token.name}

const DESCRIPTION: Column<HasToken> = {
  header: 'DESCRIPTION',
  key: 'description',
  truncation: 'first',
  text: ({token}) => token.description ?? '',
}

const SCOPE: Column<HasToken> = {header: 'SCOPE', key: 'scope', truncation: 'blocks', text: ({token}) => token.scope}

const KIND: Column<HasToken> = {header: 'KIND', key: 'kind', truncation: 'blocks', text: ({token}) => token.kind ?? ''}

const ROLE: Column<Readonly<{role: string | undefined}>> = {
  header: 'DEPLOYMENT_ROLE',
  key: 'role',
  truncation: 'second',
  text: ({role}) => role ?? '',
}

const DEPLOYMENT_ID: Column<AuditedRole> = {
  header: 'DEPLOYMENT_ID',
  key: 'deployment_id',
  truncation: 'never',
  text: ({deploymentId}) => deploymentId,
}

const DEPLOYMENT_NAME: Column<AuditedRole> = {
  header: 'DEPLOYMENT_NAME',
  key: 'deployment_name',
  truncation: 'second',
  text: ({deploymentName}) => deploymentName,
}

const CREATED: Column<HasToken> = {
  header: 'CREATED',
  key: 'created_at',
  truncation: 'blocks',
  time: ({token}) => token.createdAt,
  words: timeAgo,
  absent: 'earliest',
}

const CREATED_BY: Column<HasToken> = {
  header: 'CREATED BY',
  key: 'created_by',
  truncation: 'second',
  text: ({token}) => creatorOf(token) ?? '',
}

const UPDATED: Column<HasToken> = {
  header: 'UPDATED',
  key: 'updated_at',
  truncation: 'blocks',
  time: ({token}) => token.updatedAt,
  words: longAgo,
  absent: 'earliest',
}

/** A token without this time never expires, so it sorts after all others. */
export const EXPIRES: Column<HasToken> = {
  header: 'EXPIRES',
  key: 'expires_at',
  truncation: 'blocks',
  time: ({token}) => token.endAt,
  words: expiryOf,
  absent: 'latest',
}

const LAST_USED: Column<HasToken> = {
  header: 'LAST_USED',
  key: 'last_used_at',
  truncation: 'blocks',
  time: ({token}) => token.lastUsedAt,
  words: longAgoOrNever,
  absent: 'earliest',
}

const LAST_ROTATED: Column<HasToken> = {
  header: 'LAST_ROTATED',
  key: 'last_rotated_at',
  truncation: 'blocks',
  time: ({token}) => token.lastRotatedAt,
  words: longAgoOrNever,
  absent: 'earliest',
}

const LIST = [ID, NAME, DESCRIPTION, SCOPE, ROLE, CREATED, CREATED_BY]

/** The columns of `list`. */
export const LIST_COLUMNS: ColumnSet<ScopedToken> = {
  all: [...LIST, EXPIRES, LAST_USED, LAST_ROTATED, KIND, UPDATED],
  shown: LIST,
}

const AUDIT = [ID, NAME, DEPLOYMENT_ID, DEPLOYMENT_NAME, ROLE, EXPIRES, LAST_USED]

/** The columns of `list --all-deployments`. */
export const AUDIT_COLUMNS: ColumnSet<AuditedRole> = {
  all: [...AUDIT, DESCRIPTION, SCOPE, CREATED, CREATED_BY, LAST_ROTATED, KIND, UPDATED],
  shown: AUDIT,
}

/** The text of a cell, not yet safe to print. */
export function cellText<T>(column: Column<T>, item: T, now: Date): string {
  return 'time' in column ? column.words(column.time(item), now) : column.text(item)
}

/** The text of a cell in CSV. A time is as in the API; empty if it is absent or invalid. */
export function csvText<T>(column: Column<T>, item: T): string {
  if (!('time' in column)) return column.text(item)
  const time = column.time(item) ?? ''
  return Number.isNaN(Date.parse(time)) ? '' : time
}

/** The value to sort by: the text, or the time in milliseconds since 1970. */
export function sortValue<T>(column: Column<T>, item: T): number | string {
  if (!('time' in column)) return column.text(item)
  const time = column.time(item)
  if (!time && column.absent === 'latest') return Infinity
  const milliseconds = Date.parse(time ?? '')
  return Number.isNaN(milliseconds) ? -Infinity : milliseconds
}
