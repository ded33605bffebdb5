import fc from 'fast-check'

import {type TokenRole} from '../../../src/lib/astro-api/responses.js'

/** Few, so that several entries name the same Deployment. */
export const deploymentId = fc.constantFrom('d1', 'd2', 'd3', 'd4')
export const roleName = fc.oneof(fc.constantFrom('DEPLOYMENT_ADMIN', 'Deploy Reader'), fc.string())

/** Fields that this program does not know, also nested ones and names that every object has. */
const unknownFields = fc.dictionary(
  fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'grantedBy', 'length'), fc.string()),
  fc.jsonValue({maxDepth: 2}),
  {maxKeys: 3},
)

/** Other types may have the ID of a Deployment too. */
const entry: fc.Arbitrary<TokenRole> = fc
  .record({
    fields: unknownFields,
    entityType: fc.oneof(
      {arbitrary: fc.constant('DEPLOYMENT'), weight: 3},
      fc.constantFrom('DAG', 'DAG_TAG', 'ORGANIZATION', 'WORKSPACE', 'deployment', 'DEPLOYMENT_GROUP'),
    ),
    entityId: deploymentId,
    deploymentId,
    role: roleName,
  })
  .map(({deploymentId: holder, entityId, entityType, fields, role}) => ({
    ...fields,
    entityType,
    entityId,
    ...(entityType !== 'DEPLOYMENT' && {deploymentId: holder}),
    role,
  }))

/** Deeply frozen, so that a change to it throws. */
export const roleList: fc.Arbitrary<readonly TokenRole[]> = fc
  .array(entry, {maxLength: 8})
  .map((list) => deepFreeze(list))

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }

  return value
}
