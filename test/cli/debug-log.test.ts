import {expect} from 'chai'

import {createDebugLog} from '../../src/cli/debug-log.js'

/** The lines that a log with this value of DEBUG prints for one event of each kind. */
function linesWith(debug: string | undefined): string[] {
  const lines: string[] = []
  const log = createDebugLog(debug, (line) => lines.push(line))
  log?.request({
    attempt: 2,
    method: 'GET',
    milliseconds: 41.6,
    requestId: 'req-1',
    status: 503,
    url: 'https://api.astronomer.io/v1/organizations',
  })
  log?.request({attempt: 1, error: 'ENOTFOUND', method: 'POST', milliseconds: 3, url: 'https://api.astronomer.io/v1/x'})
  log?.lock({kind: 'acquired', path: '/tmp/lock', waitedMs: 0})
  log?.refresh('refreshed', 120)
  log?.settle(5200, 1)
  return lines
}

describe('the log of DEBUG=astro', () => {
  it('has a line for each request, lock, refresh and settle', () => {
    expect(linesWith('astro')).to.deep.equal([
      'astro GET https://api.astronomer.io/v1/organizations 503 42 ms request ID req-1 attempt 2',
      'astro POST https://api.astronomer.io/v1/x ENOTFOUND 3 ms attempt 1',
      'astro lock acquired /tmp/lock 0 ms',
      'astro refresh refreshed 120 ms',
      'astro settle waits 5200 ms rewrites 1',
    ])
  })

  it('is also on for everything, and beside other names', () => {
    expect(linesWith('*')).to.have.length(5)
    expect(linesWith('oclif,astro')).to.have.length(5)
  })

  it('is off without DEBUG, and for other names', () => {
    for (const debug of [undefined, '', 'astronomy', 'http']) expect(linesWith(debug)).to.deep.equal([])
  })
})
