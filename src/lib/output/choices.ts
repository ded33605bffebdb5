import {type ApiToken, type Deployment} from '../astro-api/answers.js'
import {deploymentIdsIn, roleOn} from '../roles/role-arithmetic.js'
import {type RoleOffer} from '../selection/select-role.js'
import {safeText} from './safe-text.js'
import {timeAgo} from './time-ago.js'

/** One answer to a question, its texts made safe to show. */
export interface Choice {
  /** The ID of what is chosen. */
  readonly value: string
  /** The line to choose. */
  readonly name: string
  /** What stays on the screen once it is chosen. */
  readonly short: string
}

/** Deployments to pick from: name, ID and Workspace. */
export function deploymentChoices(deployments: readonly Deployment[], _width?: number): Choice[] {
  return deployments.map(({id, name, workspaceId, workspaceName}) => choice(id, name, [workspaceName ?? workspaceId]))
}

/**
 * Tokens to pick from: name, ID, description, the roles on these Deployments (on any where undefined), and how long ago
 * it was created.
 */
export function tokenChoices(
  tokens: readonly ApiToken[],
  deploymentIds: readonly string[] | undefined,
  {now}: {readonly now: Date; readonly width: number | undefined},
): Choice[] {
  return tokens.map(({createdAt, description, id, name, roles = []}) => {
    const roleNames = new Set((deploymentIds ?? deploymentIdsIn(roles)).map((each) => roleOn(roles, each)))
    return choice(id, name, [description, ...roleNames, timeAgo(createdAt, now)])
  })
}

/** The choices whose line has every word of what was typed, in whatever case and order. */
export function narrowed(choices: readonly Choice[], typed: string): readonly Choice[] {
  const words = typed.toLowerCase().split(/\s+/)
  return choices.filter(({name}) => words.every((word) => name.toLowerCase().includes(word)))
}

function choice(id: string, name: string, more: readonly (string | undefined)[]): Choice {
  const short = safeText(`${name} (${id})`)
  return {value: id, name: [short, ...more.filter(Boolean).map((text) => safeText(text ?? ''))].join(' · '), short}
}

export function roleChoices(roles: readonly RoleOffer[], _width?: number): Choice[] {
  return roles.map(({isPresent, name}) => ({
    value: name,
    name: safeText(isPresent ? `${name} (present)` : name),
    short: safeText(name),
  }))
}
