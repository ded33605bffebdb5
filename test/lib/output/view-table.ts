import {type ViewOptions} from '../../../src/lib/output/view.js'

/** Options that name an unknown column, and the column that the user may mean. */
export const UNKNOWN_COLUMNS: readonly (readonly [options: ViewOptions, name: string, likely?: string])[] = [
  [{columns: 'id,owner'}, 'owner'],
  [{columns: 'createdby'}, 'createdby', 'CREATED BY'],
  [{columns: ''}, ''],
  [{columns: 'id, '}, ''],
  [{columns: 'id,desc'}, 'desc', 'DESCRIPTION'],
  [{columns: 'EXPIRY'}, 'EXPIRY', 'EXPIRES'],
  [{columns: 'last-used'}, 'last-used', 'LAST_USED'],
  [{columns: ' deployment_name'}, 'deployment_name', 'DEPLOYMENT_ROLE'],
  [{sort: 'owner'}, 'owner'],
  [{sort: '-nme'}, 'nme', 'NAME'],
  [{sort: ''}, ''],
  [{sort: '-'}, ''],
  [{sort: 'id,name'}, 'id,name', 'NAME'],
]

/** Times, by the names of their tokens. */
export const TIMES = {
  new: '2026-03-09T00:00:00+09:00',
  old: '2026-03-08T14:00:00Z',
  unreadable: 'soon',
  none: undefined,
}

/** How to sort, the key of those times in a token, and the order of the names. */
export const TIME_ORDERS: readonly (readonly [sort: string, key: string, names: readonly string[]])[] = [
  ['created', 'createdAt', ['unreadable', 'none', 'old', 'new']],
  ['-created_at', 'createdAt', ['new', 'old', 'unreadable', 'none']],
  ['Updated', 'updatedAt', ['unreadable', 'none', 'old', 'new']],
  ['last_used', 'lastUsedAt', ['unreadable', 'none', 'old', 'new']],
  ['last_rotated', 'lastRotatedAt', ['unreadable', 'none', 'old', 'new']],
  // A token without this time never expires.
  ['EXPIRES', 'endAt', ['unreadable', 'old', 'new', 'none']],
]
