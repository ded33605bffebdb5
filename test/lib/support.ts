import {expect} from 'chai'

import {AstroError} from '../../src/lib/errors.js'

export {encodeJwt as jwt} from '../astro-api/jwt.js'

/** The AstroError that the work throws. Fails the test if it throws nothing or another error. */
export async function failureOf(work: () => unknown): Promise<AstroError> {
  const outcome = await Promise.resolve()
    .then(work)
    .catch((error: unknown) => error)
  expect(outcome).to.be.instanceOf(AstroError)
  return outcome as AstroError
}

/** Everything that an error could print, wherever it is in there. */
export function textOf({details, message, stack}: AstroError): string {
  return JSON.stringify([message, stack, details])
}
