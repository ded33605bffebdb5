import {array, type InferOutput, number, object, optional, safeParse, string} from 'valibot'

const claimsSchema = object({exp: optional(number()), permissions: optional(array(string()), [])})

/** A JSON Web Token with a made-up signature, which the emulator does not verify. */
export function encodeJwt(payload: unknown): string {
  return `${encodePart({alg: 'RS256', typ: 'JWT'})}.${encodePart(payload)}.c2lnbmF0dXJl`
}

/** Returns undefined for a string that is not a JWT. */
export function decodeJwt(token: string): InferOutput<typeof claimsSchema> | undefined {
  const [, payload = '', signature] = token.split('.')
  if (signature === undefined) return undefined
  try {
    const {output, success} = safeParse(claimsSchema, JSON.parse(Buffer.from(payload, 'base64url').toString()))
    return success ? output : undefined
  } catch {
    return undefined
  }
}

function encodePart(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
