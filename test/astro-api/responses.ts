import type {FieldError} from '../../src/lib/errors.js'

export interface ApiResponse {
  status: number
  /** Sent as JSON. A string is sent unchanged. */
  body: unknown
}

/** The reason for an error response. */
export interface Rejection {
  status: number
  message: string
  fieldErrors?: readonly FieldError[]
}

export function errorResponse({status, ...reason}: Rejection, requestId: string): ApiResponse {
  return {status, body: {...reason, requestId, statusCode: status}}
}

/** An error of the identity provider, in the OAuth 2.0 format. */
export function oauthError(status: number, error: string, description: string): ApiResponse {
  return {status, body: {error, error_description: description}}
}
