import {randomUUID} from 'node:crypto'

import type {World} from './world.js'

import {encodeJwt} from './jwt.js'
import {ids} from './world.js'

/** The lifetime of an access token after a refresh. */
export const refreshedForSeconds = 3600

interface LoginOptions {
  /** The lifetime of the access token. Zero or less: it has already expired. Default: an hour. */
  expiresInSeconds?: number
  /** Whether each refresh replaces the refresh token. Default: false. */
  rotate?: boolean
}

export type Credentials = ReturnType<typeof createCredentials>

/** Issues tokens and checks them. */
export function createCredentials(world: World) {
  const expiries = new Map<string, number>()
  const rotations = new Map<string, boolean>()
  const issue = (seconds: number, sub: string, permissions: readonly string[]): string => {
    const exp = Math.floor(Date.now() / 1000) + seconds
    const token = encodeJwt({iss: 'https://auth.emulator.example/', jti: randomUUID(), exp, sub, permissions})
    expiries.set(token, exp * 1000)
    return token
  }

  const issueLogin = (seconds: number, rotate: boolean) => {
    const refreshToken = `refresh-${randomUUID()}`
    rotations.set(refreshToken, rotate)
    return {accessToken: issue(seconds, `auth0|${ids.user}`, []), refreshToken}
  }

  return {
    apiToken(lifetimeSeconds = 3600): string {
      const permissions = world.organizations.map(({id}) => `organizationId:${id}`)
      return issue(lifetimeSeconds, ids.tokens.terraform, permissions)
    },
    login({expiresInSeconds = 3600, rotate = false}: LoginOptions = {}) {
      const expiresAt = new Date(Date.now() + expiresInSeconds * 1000)
      return {...issueLogin(expiresInSeconds, rotate), expiresAt}
    },
    /** Invalidates an API token or access token. */
    revoke(token: string): void {
      expiries.delete(token)
    },
    isValid: (authorization = ''): boolean => (expiries.get(authorization.replace(/^Bearer /, '')) ?? 0) > Date.now(),
    /** Returns undefined if the refresh token is unknown or already replaced. */
    refresh(refreshToken: string): undefined | {accessToken: string; refreshToken?: string} {
      const rotate = rotations.get(refreshToken)
      if (rotate === undefined) return
      const {accessToken, ...next} = issueLogin(refreshedForSeconds, rotate)
      if (rotate) rotations.delete(refreshToken)
      return {accessToken, ...(rotate && next)}
    },
  }
}
