import {expect} from 'chai'

import {createDebugLog} from '../../src/cli/debug-log.js'

const url = 'https://api.astronomer.io/v1/x'

describe('the debug log', () => {
  it('has a line for each request, lock, refresh and settle', () => {
    const lines: string[] = []
    const log = createDebugLog('astro', (line) => lines.push(line))
    log?.debug('GET', url, 503, undefined, '42 ms')
    log?.lock({kind: 'acquired', path: '/tmp/lock', waitedMs: 0})
    log?.refresh('refreshed', 120)
    log?.settle(5200, 1)
    expect(lines).to.deep.equal([
      `astro GET ${url} 503 42 ms`,
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
