import {expect} from 'chai'

import {connectionError, statusError, timeoutError, tooLarge, unreadable} from '../../../src/lib/astro-api/failures.js'
import {type AstroError} from '../../../src/lib/errors.js'
import {BODIES, CODES, QUARTER_PAST, STATUSES, WAITS} from './failures-table.js'

/** What programs and people see of it; keys without a value are omitted. */
function contentOf({details, kind, message}: AstroError): unknown {
  return Object.fromEntries(Object.entries({kind, message, ...details}).filter(([, value]) => value !== undefined))
}

describe('errors of requests', () => {
  for (const [status, kind, words, hint] of STATUSES) {
    it(`explains the status ${status}`, () => {
      const error = statusError({status, body: '', now: 0})
      expect(contentOf(error)).to.deep.equal({kind, message: `The Astro API ${words}.`, hint, status})
    })
  }

  for (const [body, words, details] of BODIES) {
    it(`reads only documented fields from the body ${body}`, () => {
      const message = `The Astro API could not find the requested object${words}`
      const error = {kind: 'not_found', message, hint: 'Check the IDs', status: 404, ...details}
      expect(contentOf(statusError({status: 404, body, now: 0}))).to.deep.equal(error)
    })
  }

  for (const [retryAfter, hint, retryAfterMs] of WAITS) {
    it(`explains Retry-After: ${retryAfter ?? 'none'}`, () => {
      const {details} = statusError({status: 503, body: '', retryAfter, now: QUARTER_PAST})
      expect(details).to.include({hint, retryAfterMs})
    })
  }

  for (const [code, kind, message, hint] of CODES) {
    it(`explains the code ${code}`, () => {
      expect(contentOf(connectionError(code, 'HOST'))).to.deep.equal({kind, message, hint})
    })
  }

  it('explains a time-out', () => {
    const hint = 'Check your network, then try again'
    expect(contentOf(timeoutError('HOST'))).to.deep.equal({
      kind: 'timeout',
      message: 'HOST did not respond in time.',
      hint,
    })
  })

  it('explains a response that is too large, or not from the Astro API', () => {
    const rest = {kind: 'api', hint: 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API', status: 200}
    for (const [error, message] of [
      [tooLarge(200, 'HOST', 64 * 1024), 'The response from HOST is larger than 64 KiB.'],
      [tooLarge(200, 'HOST', 1024 * 1024), 'The response from HOST is larger than 1 MiB.'],
      [unreadable(200, 'no JSON'), 'The response (status 200) is not from the Astro API: no JSON.'],
    ] as const) {
      expect(contentOf(error)).to.deep.equal({...rest, message})
    }
  })
})
