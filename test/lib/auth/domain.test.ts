import {expect} from 'chai'
import fc from 'fast-check'

import {contextKeys, resolveDomain} from '../../../src/lib/auth/domain.js'
import {reportOf} from './fixture.js'

/** Each spelling, the API's address, and the keys of a saved login; the last one is the normalized domain. */
const ASTRO_DOMAINS = {
  'astronomer.io': 'https://api.astronomer.io astronomer_io',
  ' Cloud.Astronomer.IO\n': 'https://api.astronomer.io cloud_astronomer_io astronomer_io',
  'cloud_astronomer-perf_io': 'https://api.astronomer-perf.io cloud_astronomer-perf_io astronomer-perf_io',
  'pr123456.cloud.astronomer-dev.io':
    'https://pr123456.api.astronomer-dev.io pr123456_cloud_astronomer-dev_io pr123456_astronomer-dev_io',
  'https://cloud.PR1234.astronomer-dev.io/':
    'https://pr1234.api.astronomer-dev.io https://cloud_pr1234_astronomer-dev_io/ cloud_pr1234_astronomer-dev_io pr1234_astronomer-dev_io',
  Localhost: 'http://localhost:8888 localhost',
}

const OTHER_DOMAINS = `astronomer.io.evil.example evil-astronomer.io api.astronomer.io astronomer.io@evil.example
  evil.example/astronomer.io http://astronomer.io https:astronomer.io astronomer.io:443 astronomer-prod.io astronomerxio
  pr123.astronomer-dev.io pr1234567.astronomer-dev.io pr1234xastronomer-dev.io cloud.pr1234.cloud.astronomer-dev.io
  pr1234.cloud.astronomer.io localhost:8888 localhost.evil.example 127.0.0.1 apc.example.com`.split(/\s+/)

describe('resolveDomain', () => {
  for (const [spelled, expected] of Object.entries(ASTRO_DOMAINS)) {
    it(`resolves ${JSON.stringify(spelled)} to the API's address and the keys of logins: ${expected}`, () => {
      const [apiHost, ...keys] = expected.split(' ')
      const name = keys.at(-1)?.replaceAll('_', '.')
      const localCore = name === 'localhost' ? undefined : 'http://evil.example'
      expect(resolveDomain(spelled, localCore)).to.deep.equal({name, apiHost})
      expect(contextKeys(spelled)).to.deep.equal(keys)
    })
  }

  for (const [localCore, apiHost] of Object.entries({
    'http://localhost:8888/v1//': 'http://localhost:8888',
    'http://localhost:8888/v1alpha1': 'http://localhost:8888/v1alpha1',
    'https://astro.example.com:8443/v1': 'https://astro.example.com:8443',
  })) {
    it(`resolves localhost to ${apiHost} if local.core is ${localCore}`, () => {
      expect(resolveDomain(' Localhost ', localCore)).to.deep.equal({name: 'localhost', apiHost})
    })
  }

  for (const domain of [...OTHER_DOMAINS, '', 'astronomer.io\n.evil.example']) {
    it(`rejects ${JSON.stringify(domain)}`, async () => {
      expect(await reportOf(() => resolveDomain(domain))).to.deep.equal({
        kind: 'unsupported',
        message: `The domain ${JSON.stringify(domain)} is not an Astro domain; these commands work with Astro only.`,
        hint: 'Set ASTRO_DOMAIN=astronomer.io, or log in with the Astro CLI: astro login astronomer.io',
      })
    })
  }

  const UNSAFE = 'is plain http to astro.example.com; the token would be sent unencrypted'
  for (const [localCore, problem, hint] of [
    ['/v1', 'is not an http or https URL', 'Set it to a URL such as http://localhost:8888'],
    ['http://astro.example.com:80', UNSAFE, 'Use https, or a loopback address'],
  ] as const) {
    it(`rejects the local.core ${localCore}, because it ${problem}`, async () => {
      const expected = {kind: 'config', message: `local.core ${problem}.`, hint}
      expect(await reportOf(() => resolveDomain('localhost', localCore))).to.deep.equal(expected)
    })
  }

  it('resolves to no host other than Astro’s, regardless of the text around its name', () => {
    const around = fc.oneof(fc.constantFrom('.', '_', '@', '/', ':', '#', '?', '\\', 'cloud.', 'https://'), fc.string())
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
