import type {Answer} from './answers.js'

import {clientId, type Credentials, renewedForSeconds} from './credentials.js'

/** Renews an access token, with the settings that auth-config names. */
export function renew({body, credentials}: {body: unknown; credentials: Credentials}): Answer {
  const form = new Map<string, unknown>(Object.entries(body ?? {}))
  if (form.get('client_id') !== clientId) return oauthError(401, 'invalid_client', 'Unknown client.')
  const renewal = credentials.renew(String(form.get('refresh_token')))
  if (renewal === undefined) return oauthError(400, 'invalid_grant', 'Unknown or invalid refresh token.')
  const {accessToken, refreshToken} = renewal
  const rotated = refreshToken === undefined ? {} : {refresh_token: refreshToken}
  const granted = {access_token: accessToken, ...rotated, expires_in: renewedForSeconds, token_type: 'Bearer'}
  return {status: 200, body: granted}
}

/** An error as the identity provider words it. */
export function oauthError(status: number, error: string, description: string): Answer {
  return {status, body: {error, error_description: description}}
}
