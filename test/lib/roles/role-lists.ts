import fc from 'fast-check'

import {type TokenRole} from '../../../src/lib/astro-api/answers.js'

/** Few, so that entries of one Deployment meet. */
export const DEPLOYMENTS = ['d1', 'd2', 'd3', 'd4']

export const deploymentId = fc.constantFrom(...DEPLOYMENTS)
export const roleName = fc.oneof(fc.constantFrom('DEPLOYMENT_ADMIN', 'Deploy Reader'), fc.string())

/** Fields that nobody knows, nested ones and keys that objects have a meaning for included. */
const unknownFields = fc.dictionary(
  fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'grantedBy', 'changes', 'length'), fc.string()),
  fc.jsonValue(),
  {maxKeys: 4},
)

const deploymentEntry = fc.tuple(unknownFields, deploymentId, roleName).map(([fields, entityId, role]) => ({
  ...fields,
  entityType: 'DEPLOYMENT',
  entityId,
  role,
}))

const dagEntry = fc
  .tuple(unknownFields, fc.constantFrom('DAG', 'DAG_TAG'), fc.oneof(deploymentId, fc.string()), deploymentId, roleName)
  .map(([fields, entityType, entityId, holder, role]) => ({
    ...fields,
    entityType,
    entityId,
    deploymentId: holder,
    role,
  }))

/** An ORGANIZATION or a type that is new may well have an ID that a Deployment has too. */
const otherEntry = fc
  .tuple(
    unknownFields,
    fc.oneof(fc.constantFrom('ORGANIZATION', 'WORKSPACE', 'deployment', 'DEPLOYMENT_GROUP'), fc.string()),
    fc.oneof(deploymentId, fc.string()),
    roleName,
  )
  .map(([fields, entityType, entityId, role]) => ({...fields, entityType, entityId, role}))

const entry: fc.Arbitrary<TokenRole> = fc.oneof(deploymentEntry, dagEntry, otherEntry)

/** What a token may have, in any order and more than once. */
export const entries = fc.array(entry, {maxLength: 10})

/** Frozen through and through, so that whatever writes to it throws. */
export const roleList: fc.Arbitrary<readonly TokenRole[]> = entries.map((list) => deepFreeze(list))

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }

  return value
}
