import {expect} from 'chai'
import fc from 'fast-check'

import {contextKeys, resolveDomain} from '../../../src/lib/auth/domain.js'
import {ASTRO_DOMAINS, LOCAL_CORES, REJECTED} from './domain-table.js'
import {reportOf} from './fixture.js'

describe('resolveDomain', () => {
  for (const [spelled, name, apiHost, keys] of ASTRO_DOMAINS) {
    it(`resolves ${JSON.stringify(spelled)} to ${apiHost}, with logins under ${keys.join(', ')}`, () => {
      const domain = resolveDomain(spelled, name === 'localhost' ? undefined : 'http://evil.example')
      expect(domain).to.deep.equal({name, apiHost})
      expect(contextKeys(spelled, domain)).to.deep.equal(keys)
    })
  }

  for (const [localCore, apiHost] of LOCAL_CORES) {
    it(`resolves localhost to ${apiHost} if local.core is ${localCore}`, () => {
      expect(resolveDomain(' Localhost ', localCore)).to.deep.equal({name: 'localhost', apiHost})
    })
  }

  for (const [domain, localCore, error] of REJECTED) {
    it(`rejects ${JSON.stringify(domain)}${localCore === undefined ? '' : ` at ${localCore}`}`, async () => {
      expect(await reportOf(() => resolveDomain(domain, localCore))).to.deep.equal(error)
    })
  }

  it('resolves to no host other than Astro’s, regardless of the text around its name', () => {
    const around = fc.oneof(fc.constantFrom('.', '@', '/', ':', '#', '?', '\\', 'cloud.', 'https://'), fc.string())
    fc.assert(
      fc.property(around, around, (before, after) => {
        try {
          expect(resolveDomain(`${before}astronomer.io${after}`).apiHost).to.equal('https://api.astronomer.io')
        } catch (error) {
          expect(error).to.have.property('kind', 'unsupported')
        }
      }),
    )
  })
})
