import {expect} from 'chai'

import {bigWorld, bigWorldId} from './big-world.js'
import {call, pluck} from './calls.js'
import {startAstroApi} from './server.js'

const now = new Date('2025-06-01T12:00:00Z')

describe('a big world', () => {
  it('is served whole, a thousand tokens a page, and keeps the contract', async () => {
    const api = await startAstroApi({world: bigWorld({tokens: 2500, deployments: 50, rolesPerToken: 5})})
    try {
      const last = await call(api, 'tokens?limit=1000&offset=2000')
      expect(pluck(last, 'tokens')).to.have.length(500).and.to.include('token-02500')
      expect(last.body).to.include({totalCount: 2500})
      const onOne = await call(api, `tokens?deploymentId=${bigWorldId('deployment', 7)}`)
      expect(onOne.body).to.include({totalCount: 250})
      expect(api.violations).to.deep.equal([])
    } finally {
      await api.close()
    }
  })

  it('has ten thousand tokens unless it is told otherwise, and the same ones each time', () => {
    const {deployments, tokens} = bigWorld({now})
    expect(tokens).to.have.length(10_000)
    expect(deployments).to.have.length(100)
    expect(tokens[9999]?.id).to.equal(bigWorldId('token', 9999))
    expect(bigWorld({tokens: 3, now})).to.deep.equal(bigWorld({tokens: 3, now}))
  })

  it('has no token with more roles than there are Deployments', () => {
    expect(() => bigWorld({deployments: 2, rolesPerToken: 3})).to.throw(RangeError)
  })
})
