/** A JSON Web Token with a made-up signature. */
export function encodeJwt(payload: unknown): string {
  return `${encodePart({alg: 'RS256', typ: 'JWT'})}.${encodePart(payload)}.c2lnbmF0dXJl`
}

function encodePart(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
