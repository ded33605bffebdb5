import {type ApiToken} from '../astro-api/responses.js'
import {organizationRoleOf} from '../roles/arithmetic.js'
import {type ColumnKind, type TableColumn} from './table.js'
import {expiryOf, longAgo, longAgoOrNever, timeAgo} from './time.js'

/** A token and, in a list, its role on a Deployment. */
export interface Item {
  readonly token: ApiToken
  /** Undefined for a token that only has roles on DAGs. */
  readonly role?: string | undefined
  readonly deploymentId?: string
  readonly deploymentName?: string
}

/** A column of rows, and a key in JSON. */
export interface Field extends TableColumn {
  readonly key: string
  readonly alias?: string
  /** The value in JSON and CSV, not yet safe to print. Times are RFC 3339. */
  readonly value: (item: Item) => string | undefined
  /** The text of a time in a cell; only times have it. */
  readonly words?: (time: string | undefined, now: Date) => string
  /** Whether an absent time sorts after all others. */
  readonly isLastIfAbsent?: boolean
}

export interface FieldSet {
  /** In the order in which an error lists them. */
  readonly all: readonly Field[]
  /** The default columns. */
  readonly shown: readonly Field[]
  /** The default columns that a terminal may hide, in this order. */
  readonly hideable: readonly Field[]
}

const field = (header: string, key: string, kind: ColumnKind, value: Field['value']): Field => ({
  header,
  key,
  kind,
  value,
})

const ID = field('ID', 'id', 'id', ({token}) => token.id)
const NAME = field('NAME', 'name', 'name', ({token}) => token.name)
const DESCRIPTION = field('DESCRIPTION', 'description', 'description', ({token}) => token.description)
const SCOPE = field('SCOPE', 'scope', 'short', ({token}) => token.scope)
const KIND = {...field('KIND', 'kind', 'short', ({token}) => token.kind), alias: 'TYPE'}
const ROLE = field('DEPLOYMENT_ROLE', 'role', 'role', ({role}) => role ?? '')
const ORGANIZATION_ROLE = field('ORGANIZATION_ROLE', 'organization_role', 'role', ({token}) =>
  organizationRoleOf(token),
)
const DEPLOYMENT_ID = field('DEPLOYMENT_ID', 'deployment_id', 'id', ({deploymentId}) => deploymentId)
const DEPLOYMENT_NAME = field('DEPLOYMENT_NAME', 'deployment_name', 'name', (item) => item.deploymentName || undefined)
const CREATED_BY = field(
  'CREATED BY',
  'created_by',
  'name',
  ({token: {createdBy: by}}) => by && (by.fullName || by.apiTokenName || by.username || by.id),
)

function timeField(
  header: string,
  key: string,
  words: NonNullable<Field['words']>,
  timeOf: (token: ApiToken) => string | undefined,
): Field {
  return {...field(header, key, 'short', ({token}) => timeOf(token)), words}
}

const CREATED = timeField('CREATED', 'created_at', timeAgo, ({createdAt}) => createdAt)
const UPDATED = timeField('UPDATED', 'updated_at', longAgo, ({updatedAt}) => updatedAt)
const LAST_USED = timeField('LAST_USED', 'last_used_at', longAgoOrNever, ({lastUsedAt}) => lastUsedAt)
const LAST_ROTATED = timeField('LAST_ROTATED', 'last_rotated_at', longAgoOrNever, (token) => token.lastRotatedAt)
/** A token without this time never expires. */
export const EXPIRES = {...timeField('EXPIRES', 'expires_at', expiryOf, ({endAt}) => endAt), isLastIfAbsent: true}

const LIST = [ID, NAME, DESCRIPTION, SCOPE, ROLE, CREATED, CREATED_BY]

export const LIST_FIELDS: FieldSet = {
  all: [...LIST, EXPIRES, LAST_USED, LAST_ROTATED, KIND, UPDATED, ORGANIZATION_ROLE],
  shown: LIST,
  hideable: [SCOPE, CREATED_BY, DESCRIPTION, CREATED],
}

const AUDIT = [ID, NAME, DEPLOYMENT_ID, DEPLOYMENT_NAME, ROLE, EXPIRES, LAST_USED]

/** The columns of `list --all-deployments`. */
export const AUDIT_FIELDS: FieldSet = {
  all: [...AUDIT, DESCRIPTION, SCOPE, CREATED, CREATED_BY, LAST_ROTATED, KIND, UPDATED, ORGANIZATION_ROLE],
  shown: AUDIT,
  hideable: [DEPLOYMENT_ID, ID, LAST_USED, EXPIRES],
}

/** The keys of JSON documents, in their order. */
const IDENTITY = [ID, NAME, DESCRIPTION, SCOPE, KIND]
const CREATION = [CREATED, CREATED_BY]
const USE = [EXPIRES, LAST_USED, LAST_ROTATED]
export const LISTED_KEYS = [...IDENTITY, ROLE, ...CREATION, UPDATED, ...USE]
export const AUDITED_TOKEN_KEYS = [...IDENTITY, ...CREATION, UPDATED, ...USE, ORGANIZATION_ROLE]
export const AUDITED_ROLE_KEYS = [DEPLOYMENT_ID, DEPLOYMENT_NAME, ROLE]
/** Without the time of the last update, which a write changes. */
export const CHANGED_TOKEN_KEYS = [...IDENTITY, ...CREATION, ...USE]
export const REMOVED_TOKEN_KEYS = [ID, NAME, SCOPE]
