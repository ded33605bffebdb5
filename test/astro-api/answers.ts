import type {ApiError} from './types.js'

/** What the API answers. */
export interface Answer {
  status: number
  /** Sent as JSON; a string, which no operation answers, is sent as it is. */
  body: unknown
}

export type FieldError = NonNullable<ApiError['fieldErrors']>[number]

/** Why a request is not done. */
export interface Refusal {
  status: number
  message: string
  fieldErrors?: readonly FieldError[]
}

/** The API's error for a refusal. */
export function errorAnswer(refusal: Refusal, requestId: string): {status: number; body: ApiError} {
  const {status, message, fieldErrors} = refusal
  return {status, body: {message, requestId, statusCode: status, ...(fieldErrors && {fieldErrors})}}
}
