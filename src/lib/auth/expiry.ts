import {type Context} from '../context.js'
import {AstroError} from '../errors.js'
import {type SavedLogin} from './config-file.js'
import {type AstroDomain, logInHint} from './domain.js'

/** A token that expires sooner might expire before the command exits. */
export const REFRESH_WITHIN_MS = 5 * 60_000

export function expiresWithin({expiresAt}: SavedLogin, milliseconds: number, {clock}: Pick<Context, 'clock'>): boolean {
  return expiresAt - clock.now() <= milliseconds
}

export function loginExpired(domain: AstroDomain): AstroError {
  return new AstroError('unauthenticated', `The login to ${domain.name} has expired.`, {
    hint: logInHint(domain, 'Log in again'),
  })
}
