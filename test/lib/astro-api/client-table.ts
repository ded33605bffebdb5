import {AstroError} from '../../../src/lib/errors.js'

const REJECTED = new AstroError('unauthenticated', 'No.', {status: 401, requestId: 'r'})
const STILL_REJECTED = new AstroError('unauthenticated', 'Still no.', {status: 401})
const FORBIDDEN = new AstroError('forbidden', 'No.', {status: 403})
const EXPIRED = new AstroError('unauthenticated', 'Log in.', {hint: 'astro login', status: 400})
const BUG = Object.assign(new Error('bug'), {details: {status: 401}})
const EMPTY = new AstroError('api', 'The response (status 200) is not from the Astro API: it is empty.', {
  hint: 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API',
  status: 200,
})

export interface Exchange {
  readonly title: string
  readonly method: 'get' | 'post'
  /** A response's JSON, or an error, for each request. */
  readonly results: readonly unknown[]
  /** Whether a refresh gets a new secret, or its error; without it, there is no way to refresh. */
  readonly refresh?: boolean | Error
  readonly outcome: unknown
  /** The secret of each request. */
  readonly secrets: string
}

export const EXCHANGES: readonly Exchange[] = [
  {title: 'rejects an empty response to a GET', method: 'get', results: [], outcome: EMPTY, secrets: 'old'},
  {title: 'accepts an empty response to a POST', method: 'post', results: [], outcome: undefined, secrets: 'old'},
  {
    title: 'repeats a GET after a refresh',
    method: 'get',
    results: [REJECTED, [1]],
    refresh: true,
    outcome: [1],
    secrets: 'old new',
  },
  {
    title: 'repeats a GET only once',
    method: 'get',
    results: [REJECTED, STILL_REJECTED, [1]],
    refresh: true,
    outcome: STILL_REJECTED,
    secrets: 'old new',
  },
  {
    title: 'does not repeat a POST, which needs a new read',
    method: 'post',
    results: [REJECTED],
    refresh: true,
    outcome: new AstroError('unauthenticated', 'No.', {...REJECTED.details, mayRepeat: true, retryAfterMs: 0}),
    secrets: 'old',
  },
  {title: 'throws if there is no refresh', method: 'get', results: [REJECTED], outcome: REJECTED, secrets: 'old'},
  {
    title: 'throws if there is no new secret',
    method: 'post',
    results: [REJECTED],
    refresh: false,
    outcome: REJECTED,
    secrets: 'old',
  },
  {
    title: 'does not refresh after another status',
    method: 'get',
    results: [FORBIDDEN],
    refresh: true,
    outcome: FORBIDDEN,
    secrets: 'old',
  },
  {
    title: 'does not refresh after an unknown error',
    method: 'get',
    results: [BUG],
    refresh: true,
    outcome: BUG,
    secrets: 'old',
  },
  {
    title: 'throws the error of a refresh for a GET',
    method: 'get',
    results: [REJECTED],
    refresh: EXPIRED,
    outcome: EXPIRED,
    secrets: 'old',
  },
  {
    title: 'keeps the status 401 in the error of a refresh for a POST',
    method: 'post',
    results: [REJECTED],
    refresh: EXPIRED,
    outcome: new AstroError('unauthenticated', 'Log in.', {hint: 'astro login', status: 401}),
    secrets: 'old',
  },
  {
    title: 'throws an unknown error of a refresh as it is',
    method: 'post',
    results: [REJECTED],
    refresh: BUG,
    outcome: BUG,
    secrets: 'old',
  },
]
