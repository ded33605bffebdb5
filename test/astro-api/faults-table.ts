import {DAMAGES, type FaultAction, PLACES} from './faults.js'
import {ids} from './world.js'

export const ROLES = [{entityType: 'DEPLOYMENT', entityId: ids.deployments.billing, role: 'DEPLOYMENT_ADMIN'}]
const ERROR = {message: 'Injected fault: 503', requestId: 'emulator-000001', statusCode: 503}
const RESULT =
  '{"organizationRole":null,"workspaceRoles":null,' +
  `"deploymentRoles":[{"deploymentId":"${ids.deployments.billing}","role":"DEPLOYMENT_ADMIN"}],"dagRoles":null}`

/** What the client receives for a write of ROLES, and whether the API performs the write. */
export const RESPONSES: readonly (readonly [action: FaultAction, status: number, body: unknown, performs: boolean])[] =
  [
    [{kind: 'status', status: 503}, 503, ERROR, false],
    [{kind: 'status', status: 429, body: {a: 1}}, 429, {a: 1}, false],
    [{kind: 'statusAfter', status: 503}, 503, ERROR, true],
    [{kind: 'body', body: '<p>', status: 203}, 203, '<p>', false],
    [{kind: 'body', body: ''}, 200, '', false],
    [{kind: 'bodyAfter', body: '{"a":'}, 200, '{"a":', true],
    [{kind: 'edit', edit: (body) => Object.keys(body).length}, 200, 4, true],
    [{kind: 'damage', how: 'json'}, 200, RESULT.slice(0, -1), true],
    [{kind: 'resetReused'}, 200, JSON.parse(RESULT), true],
  ]

/** Faults that make the request fail, and whether the API performs the write. */
export const BROKEN: readonly (readonly [action: FaultAction, performs: boolean])[] = [
  [{kind: 'drop'}, false],
  [{kind: 'dropAfter'}, true],
  [{kind: 'truncate'}, true],
  ...PLACES.map((at) => [{kind: 'truncate', at}, true] as const),
  ...DAMAGES.filter((how) => how !== 'json').map((how) => [{kind: 'damage', how}, true] as const),
]
