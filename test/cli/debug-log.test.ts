import {expect} from 'chai'

import {createDebugLog} from '../../src/cli/debug-log.js'

const url = 'https://api.astronomer.io/v1/x'

describe('the debug log', () => {
  it('has a line for each request, lock, refresh and settle', () => {
    const lines: string[] = []
    const log = createDebugLog('astro', (line) => lines.push(line))
    log?.request({attempt: 2, method: 'GET', milliseconds: 41.6, requestId: 'req-1', status: 503, url})
    log?.request({attempt: 1, error: 'ENOTFOUND', method: 'POST', milliseconds: 3, url})
    log?.lock({kind: 'acquired', path: '/tmp/lock', waitedMs: 0})
    log?.refresh('refreshed', 120)
    log?.print('settle', 'waits 5200 ms', 'rewrites 1')
    expect(lines).to.deep.equal([
      `astro GET ${url} 503 42 ms request ID req-1 attempt 2`,
      `astro POST ${url} ENOTFOUND 3 ms attempt 1`,
      'astro lock acquired /tmp/lock 0 ms',
      'astro refresh refreshed 120 ms',
      'astro settle waits 5200 ms rewrites 1',
    ])
  })

  it('is on for astro and *, also beside other names, and off for others', () => {
    const values = ['*', 'oclif,astro', 'oclif  *', undefined, '', 'astronomy', 'http']
    const isOn = values.map((debug) => createDebugLog(debug, () => {}) !== undefined)
    expect(isOn).to.deep.equal([true, true, true, false, false, false, false])
  })
})
