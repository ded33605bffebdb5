import {randomUUID} from 'node:crypto'

import {decodeJwt, encodeJwt} from './jwt.js'
import {ids, type Subject} from './world.js'

/** The lifetime of a refreshed access token. */
export const refreshedForSeconds = 3600

export interface ApiTokenClaims {
  /** Default: the first Organization. With null, the token does not name an Organization. */
  organizationId?: null | string
  /** Seconds since 1970. Default: in an hour. With null, the token does not expire. */
  exp?: null | number
}

export interface LoginOptions {
  /** The lifetime of the access token. Zero or less: it has already expired. Default: an hour. */
  expiresInSeconds?: number
  /** Whether each refresh replaces the refresh token. Default: false. */
  rotate?: boolean
  /** The IDs of the user's Organizations. Default: the first one. */
  organizations?: readonly string[]
}

export interface Login {
  accessToken: string
  refreshToken: string
  expiresAt: Date
}

/** The sender of a request. */
export interface Credential {
  /** The IDs of the Organizations that it gives access to. */
  organizations: readonly string[]
  subject: Subject
}

export interface Credentials {
  apiToken(claims?: ApiTokenClaims): string
  login(options?: LoginOptions): Login
  /** Invalidates an API token, access token or refresh token. */
  revoke(token: string): void
  /** Returns undefined if the Authorization header is missing or its token is unknown, revoked or expired. */
  authenticate(authorization: string | undefined): Credential | undefined
  /** Returns undefined if the refresh token is unknown, revoked or already replaced. */
  refresh(refreshToken: string): Partial<Login> | undefined
}

interface Store {
  /** Returns the IDs of the world's Organizations. */
  organizations: () => readonly string[]
  now: () => Date
  issued: Map<string, Credential>
  grants: Map<string, Credential & {rotate: boolean}>
  revoked: Set<string>
}

/**
 * Issues tokens and authenticates them. It also accepts any JWT that names one of the world's Organizations, so that a
 * token that an earlier run printed still works.
 */
export function createCredentials({organizations, now}: Pick<Store, 'now' | 'organizations'>): Credentials {
  const store: Store = {organizations, now, issued: new Map(), grants: new Map(), revoked: new Set()}
  return {
    apiToken: (claims = {}) => issueApiToken(store, claims),
    login: (options = {}) => issueLogin(store, options),
    revoke(token) {
      store.revoked.add(token)
      store.grants.delete(token)
    },
    authenticate: (authorization) => authenticate(store, authorization),
    refresh: (refreshToken) => refresh(store, refreshToken),
  }
}

function issueApiToken(store: Store, claims: ApiTokenClaims): string {
  const [first = null] = store.organizations()
  const {organizationId = first, exp = secondsNow(store) + 3600} = claims
  const named = organizationId === null ? [] : [organizationId]
  const permissions = [`apiTokenId:${ids.tokens.terraform}`, ...named.map((id) => `organizationId:${id}`)]
  const organizations = named.length > 0 || first === null ? named : [first]
  const credential = {organizations, subject: subjectOf(permissions)}
  return issueJwt(store, {sub: ids.tokens.terraform, ...(exp !== null && {exp}), permissions}, credential)
}

function issueLogin(store: Store, options: LoginOptions): Login {
  const {expiresInSeconds = 3600, rotate = false, organizations = store.organizations().slice(0, 1)} = options
  const grant = {organizations, subject: {id: ids.user, subjectType: 'USER'} as const, rotate}
  const exp = secondsNow(store) + expiresInSeconds
  const accessToken = issueAccessToken(store, exp, grant)
  return {accessToken, refreshToken: issueRefreshToken(store, grant), expiresAt: new Date(exp * 1000)}
}

function issueAccessToken(store: Store, exp: number, {organizations, subject}: Credential): string {
  return issueJwt(store, {sub: `auth0|${subject.id}`, exp, permissions: []}, {organizations, subject})
}

function issueRefreshToken({grants}: Store, grant: Credential & {rotate: boolean}): string {
  const refreshToken = `refresh-${randomUUID()}`
  grants.set(refreshToken, grant)
  return refreshToken
}

function issueJwt(store: Store, claims: Readonly<Record<string, unknown>>, credential: Credential): string {
  // The number makes each token unique.
  const jti = String(store.issued.size + 1)
  const token = encodeJwt({iss: 'https://auth.emulator.example/', iat: secondsNow(store), jti, ...claims})
  store.issued.set(token, credential)
  return token
}

function authenticate({issued, now, organizations, revoked}: Store, authorization = ''): Credential | undefined {
  const [, token = ''] = /^Bearer (\S+)$/.exec(authorization) ?? []
  const claims = decodeJwt(token)
  const isExpired = claims?.exp !== undefined && claims.exp * 1000 <= now().getTime()
  if (claims === undefined || isExpired || revoked.has(token)) return
  const named = withPrefix(claims.permissions, 'organizationId:')
  const isOurs = organizations().some((id) => named.includes(id))
  const unknown = isOurs ? {organizations: named, subject: subjectOf(claims.permissions)} : undefined
  return issued.get(token) ?? unknown
}

function refresh(store: Store, refreshToken: string): Partial<Login> | undefined {
  const grant = store.grants.get(refreshToken)
  if (grant === undefined) return
  const accessToken = issueAccessToken(store, secondsNow(store) + refreshedForSeconds, grant)
  if (!grant.rotate) return {accessToken}
  store.grants.delete(refreshToken)
  return {accessToken, refreshToken: issueRefreshToken(store, grant)}
}

function secondsNow({now}: Store): number {
  return Math.floor(now().getTime() / 1000)
}

function subjectOf(permissions: readonly string[]): Subject {
  const [id = ids.tokens.terraform] = withPrefix(permissions, 'apiTokenId:')
  return {id, subjectType: 'SERVICEKEY'}
}

function withPrefix(permissions: readonly string[], prefix: string): string[] {
  return permissions.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length))
}
