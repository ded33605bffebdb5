import {randomUUID} from 'node:crypto'

import type {Subject} from './types.js'

import {decodePayload, encodeJwt} from './jwt.js'
import {ids} from './world.js'

/** What the emulator's auth-config names, and all that its renewal accepts. */
export const clientId = 'emulator-client'

/** How long a renewed access token is good for, in seconds. */
export const renewedForSeconds = 3600

export interface ApiTokenClaims {
  /** Default: the first Organization; null: the token says none. */
  organizationId?: null | string
  /** Seconds since 1970; default: an hour ahead; null: the token says none. */
  exp?: null | number
  /** In place of the permissions that name the token and its Organization. */
  permissions?: readonly string[]
  /** The Organizations that the token opens. Default: those that it names, else the first one. */
  organizations?: readonly string[]
}

export interface LoginOptions {
  /** Of the access token, in seconds from now; 0 or less: already expired. Default: an hour. */
  expiresInSeconds?: number
  /** Whether a renewal uses up the refresh token and answers another one. Default: no. */
  rotate?: boolean
  /** The IDs of the Organizations that the user belongs to. Default: the first one. */
  organizations?: readonly string[]
}

export interface Login {
  accessToken: string
  refreshToken: string
  expiresAt: Date
}

/** Who a request comes from. */
export interface Credential {
  /** The IDs of the Organizations that it belongs to. */
  organizations: readonly string[]
  subject: Subject
}

type Grant = Credential & {rotate: boolean}

export interface Renewal {
  accessToken: string
  /** Only where the old one was used up. */
  refreshToken?: string
}

export interface Credentials {
  apiToken(claims?: ApiTokenClaims): string
  login(options?: LoginOptions): Login
  /** From now on the access, refresh or API token is refused. */
  revoke(token: string): void
  /** @returns undefined for an Authorization header that is missing, unknown, revoked or expired. */
  authenticate(authorization: string | undefined): Credential | undefined
  /** @returns undefined for a refresh token that is unknown, revoked or used up. */
  renew(refreshToken: string): Renewal | undefined
}

interface Store {
  /** The IDs of the world's Organizations, as they are now. */
  organizations: () => readonly string[]
  now: () => Date
  minted: Map<string, Credential>
  grants: Map<string, Grant>
  revoked: Set<string>
  count: number
}

/**
 * Mints tokens and knows them again. A JWT that it did not mint is taken too when it names an Organization of the world
 * and has not expired, so that a token printed by an earlier run goes on working.
 */
export function createCredentials({organizations, now}: Pick<Store, 'now' | 'organizations'>): Credentials {
  const store: Store = {organizations, now, minted: new Map(), grants: new Map(), revoked: new Set(), count: 0}
  return {
    apiToken: (claims = {}) => mintApiToken(store, claims),
    login: (options = {}) => mintLogin(store, options),
    revoke(token) {
      store.revoked.add(token)
      store.grants.delete(token)
    },
    authenticate: (authorization) => authenticate(store, authorization),
    renew: (refreshToken) => renew(store, refreshToken),
  }
}

function mintApiToken(store: Store, claims: ApiTokenClaims): string {
  const [first = null] = store.organizations()
  const {organizationId = first, exp = seconds(store) + 3600} = claims
  const own = organizationId === null ? [] : [`organizationId:${organizationId}`]
  const permissions = claims.permissions ?? [`apiTokenId:${ids.tokens.terraform}`, ...own]
  const token = mintJwt(store, {sub: ids.tokens.terraform, ...(exp !== null && {exp}), permissions})
  const named = withPrefix(permissions, 'organizationId:')
  const {organizations = named.length > 0 ? named : store.organizations().slice(0, 1)} = claims
  store.minted.set(token, {organizations, subject: subjectOf(permissions)})
  return token
}

function mintLogin(store: Store, options: LoginOptions): Login {
  const {expiresInSeconds = 3600, rotate = false, organizations = store.organizations().slice(0, 1)} = options
  const grant: Grant = {organizations, subject: {id: ids.user, subjectType: 'USER'}, rotate}
  const exp = seconds(store) + expiresInSeconds
  const accessToken = mintAccessToken(store, exp, grant)
  return {accessToken, refreshToken: mintRefreshToken(store, grant), expiresAt: new Date(exp * 1000)}
}

function mintAccessToken(store: Store, exp: number, {organizations, subject}: Credential): string {
  const accessToken = mintJwt(store, {sub: `auth0|${subject.id}`, exp, permissions: []})
  store.minted.set(accessToken, {organizations, subject})
  return accessToken
}

function mintRefreshToken(store: Store, grant: Grant): string {
  const refreshToken = `refresh-${randomUUID()}`
  store.grants.set(refreshToken, grant)
  return refreshToken
}

/** Counted, so that no two are the same. */
function mintJwt(store: Store, claims: Record<string, unknown>): string {
  store.count += 1
  return encodeJwt({iss: 'https://auth.emulator.example/', iat: seconds(store), jti: String(store.count), ...claims})
}

function seconds({now}: Store): number {
  return Math.floor(now().getTime() / 1000)
}

function authenticate(store: Store, authorization = ''): Credential | undefined {
  const [, token = ''] = /^Bearer (\S+)$/.exec(authorization) ?? []
  const payload = decodePayload(token)
  if (payload === undefined || store.revoked.has(token)) return
  if (payload.exp !== undefined && payload.exp * 1000 <= store.now().getTime()) return
  return store.minted.get(token) ?? pasted(store, payload.permissions)
}

function pasted({organizations}: Store, permissions: readonly string[]): Credential | undefined {
  const named = withPrefix(permissions, 'organizationId:')
  const isOurs = organizations().some((id) => named.includes(id))
  return isOurs ? {organizations: named, subject: subjectOf(permissions)} : undefined
}

function renew(store: Store, refreshToken: string): Renewal | undefined {
  const grant = store.grants.get(refreshToken)
  if (grant === undefined) return
  const accessToken = mintAccessToken(store, seconds(store) + renewedForSeconds, grant)
  if (!grant.rotate) return {accessToken}
  store.grants.delete(refreshToken)
  return {accessToken, refreshToken: mintRefreshToken(store, grant)}
}

function subjectOf(permissions: readonly string[]): Subject {
  const [id = ids.tokens.terraform] = withPrefix(permissions, 'apiTokenId:')
  return {id, subjectType: 'SERVICEKEY'}
}

function withPrefix(permissions: readonly string[], prefix: string): string[] {
  return permissions.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length))
}
