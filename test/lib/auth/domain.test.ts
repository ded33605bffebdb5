import {expect} from 'chai'
import fc from 'fast-check'

import {contextKeys, resolveDomain} from '../../../src/lib/auth/domain.js'
import {failureOf} from '../support.js'

describe('Astro’s domains', () => {
  describe('resolveDomain', () => {
    const astro: readonly (readonly [domain: string, name: string, apiHost: string])[] = [
      ['astronomer.io', 'astronomer.io', 'https://api.astronomer.io'],
      ['cloud.astronomer.io', 'astronomer.io', 'https://api.astronomer.io'],
      ['https://astronomer.io', 'astronomer.io', 'https://api.astronomer.io'],
      ['https://cloud.astronomer.io', 'astronomer.io', 'https://api.astronomer.io'],
      ['https://cloud.astronomer.io/', 'astronomer.io', 'https://api.astronomer.io'],
      [' Astronomer.IO\n', 'astronomer.io', 'https://api.astronomer.io'],
      ['astronomer-dev.io', 'astronomer-dev.io', 'https://api.astronomer-dev.io'],
      ['astronomer-stage.io', 'astronomer-stage.io', 'https://api.astronomer-stage.io'],
      ['https://cloud.astronomer-perf.io', 'astronomer-perf.io', 'https://api.astronomer-perf.io'],
      ['pr1234.astronomer-dev.io', 'pr1234.astronomer-dev.io', 'https://pr1234.api.astronomer-dev.io'],
      ['pr1234.cloud.astronomer-dev.io', 'pr1234.astronomer-dev.io', 'https://pr1234.api.astronomer-dev.io'],
      [
        'https://pr123456.cloud.astronomer-dev.io/',
        'pr123456.astronomer-dev.io',
        'https://pr123456.api.astronomer-dev.io',
      ],
      ['cloud.pr1234.astronomer-dev.io', 'pr1234.astronomer-dev.io', 'https://pr1234.api.astronomer-dev.io'],
      ['https://PR12345.astronomer-dev.io', 'pr12345.astronomer-dev.io', 'https://pr12345.api.astronomer-dev.io'],
    ]
    for (const [domain, name, apiHost] of astro) {
      it(`takes ${JSON.stringify(domain)} for ${apiHost}`, () => {
        expect(resolveDomain(domain)).to.deep.equal({name, apiHost})
      })
    }

    const others = [
      'astronomer.io.evil.example',
      'evil-astronomer.io',
      'evil.astronomer.io',
      'api.astronomer.io',
      'astronomer.io@evil.example',
      'evil.example/astronomer.io',
      'evil.example#astronomer.io',
      'evil.example?astronomer.io',
      'https://evil.example/https://astronomer.io',
      'https://astronomer.io/path',
      'http://astronomer.io',
      'https://https://astronomer.io',
      'https:astronomer.io',
      '//astronomer.io',
      'astronomer.io:443',
      'astronomer.io:8443',
      'user@astronomer.io',
      'astronomer.io.',
      'astronomer.io\n.evil.example',
      'astronomer.io evil.example',
      'astronomer\u200B.io',
      'astronomer。io',
      'astronomer-prod.io',
      'astronomerxio',
      'pr123.astronomer-dev.io',
      'pr123.cloud.astronomer-dev.io',
      'pr1234.cloud.astronomer.io',
      'pr1234.cloud.cloud.astronomer-dev.io',
      'cloud.pr1234.cloud.astronomer-dev.io',
      'pr1234.api.astronomer-dev.io',
      'pr1234cloud.astronomer-dev.io',
      'pr1234567.astronomer-dev.io',
      'pr12ab.astronomer-dev.io',
      'pr1234.astronomer.io',
      'pr1234.astronomer-stage.io',
      'xpr1234.astronomer-dev.io',
      'pr1234xastronomer-dev.io',
      'localhost:8888',
      'http://localhost',
      'localhost.evil.example',
      '127.0.0.1',
      'apc.example.com',
      '',
    ]
    for (const domain of others) {
      it(`refuses ${JSON.stringify(domain)}`, async () => {
        const failure = await failureOf(() => resolveDomain(domain))
        expect(failure.kind).to.equal('unsupported')
        expect(failure.message).to.contain(JSON.stringify(domain))
        expect(failure.details.hint).to.contain('astronomer.io')
      })
    }

    it('gives no host but Astro’s own, whatever is around its name', () => {
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

  describe('contextKeys', () => {
    for (const [spelled, keys] of [
      ['astronomer.io', ['astronomer_io']],
      ['cloud.astronomer.io', ['cloud_astronomer_io', 'astronomer_io']],
      [' Cloud.Astronomer.io', ['cloud_astronomer_io', 'astronomer_io']],
      ['https://cloud.astronomer.io/', ['https://cloud_astronomer_io/', 'cloud_astronomer_io', 'astronomer_io']],
      ['https://astronomer.io', ['https://astronomer_io', 'astronomer_io']],
      ['pr1234.cloud.astronomer-dev.io', ['pr1234_cloud_astronomer-dev_io', 'pr1234_astronomer-dev_io']],
      ['localhost', ['localhost']],
    ] as const) {
      it(`of ${JSON.stringify(spelled)} are ${keys.join(', ')}`, () => {
        expect(contextKeys(spelled, resolveDomain(spelled))).to.deep.equal(keys)
      })
    }
  })

  describe('resolveDomain of localhost', () => {
    const allowed: readonly (readonly [localCore: string | undefined, apiHost: string])[] = [
      [undefined, 'http://localhost:8888'],
      ['http://localhost:8888', 'http://localhost:8888'],
      ['http://localhost:8888/', 'http://localhost:8888'],
      ['http://localhost:8888/v1', 'http://localhost:8888'],
      ['http://localhost:8888/v1/', 'http://localhost:8888'],
      ['http://localhost:8888/core/v1', 'http://localhost:8888/core'],
      ['http://localhost:8888/v1alpha1', 'http://localhost:8888/v1alpha1'],
      ['http://LOCALHOST:9000', 'http://localhost:9000'],
      ['http://127.0.0.1:8888', 'http://127.0.0.1:8888'],
      ['http://127.8.9.10:8888', 'http://127.8.9.10:8888'],
      ['http://[::1]:8888', 'http://[::1]:8888'],
      ['https://astro.example.com', 'https://astro.example.com'],
      ['https://astro.example.com:8443/v1', 'https://astro.example.com:8443'],
    ]
    for (const [localCore, apiHost] of allowed) {
      it(`is ${apiHost} where local.core is ${localCore ?? 'not set'}`, () => {
        expect(resolveDomain(' Localhost ', localCore)).to.deep.equal({name: 'localhost', apiHost})
      })
    }

    const refused = [
      'http://astro.example.com',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
      'http://127.0.0.1@evil.example',
      'http://localhost@evil.example/',
      'http://0.0.0.0:8888',
      'http://128.0.0.1',
      'http://[::2]:8888',
      'ftp://localhost',
      // eslint-disable-next-line no-script-url
      'javascript:alert(1)',
      'localhost:8888',
      '/v1',
      'not an address',
      'http://localhost:99999',
      'https://astro.example.com?key=value',
      'https://astro.example.com#part',
      'https://user@astro.example.com',
    ]
    for (const localCore of refused) {
      it(`refuses ${localCore} as local.core`, async () => {
        const failure = await failureOf(() => resolveDomain('localhost', localCore))
        expect(failure.kind).to.equal('config')
        expect(failure.message).to.contain('local.core')
      })
    }

    it('matters to no other domain', () => {
      expect(resolveDomain('astronomer.io', 'http://evil.example').apiHost).to.equal('https://api.astronomer.io')
    })
  })
})
