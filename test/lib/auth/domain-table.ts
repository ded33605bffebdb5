/** Spellings of Astro's domains, with the normalised name, the API's address and the keys of the saved login. */
export const ASTRO_DOMAINS: readonly (readonly [
  spelled: string,
  name: string,
  apiHost: string,
  keys: readonly string[],
])[] = [
  ['astronomer.io', 'astronomer.io', 'https://api.astronomer.io', ['astronomer_io']],
  [' Cloud.Astronomer.IO\n', 'astronomer.io', 'https://api.astronomer.io', ['cloud_astronomer_io', 'astronomer_io']],
  ['https://astronomer.io', 'astronomer.io', 'https://api.astronomer.io', ['https://astronomer_io', 'astronomer_io']],
  [
    'https://cloud.astronomer.io/',
    'astronomer.io',
    'https://api.astronomer.io',
    ['https://cloud_astronomer_io/', 'cloud_astronomer_io', 'astronomer_io'],
  ],
  ['astronomer-dev.io', 'astronomer-dev.io', 'https://api.astronomer-dev.io', ['astronomer-dev_io']],
  ['astronomer-stage.io', 'astronomer-stage.io', 'https://api.astronomer-stage.io', ['astronomer-stage_io']],
  [
    'https://cloud.astronomer-perf.io',
    'astronomer-perf.io',
    'https://api.astronomer-perf.io',
    ['https://cloud_astronomer-perf_io', 'cloud_astronomer-perf_io', 'astronomer-perf_io'],
  ],
  [
    'pr1234.astronomer-dev.io',
    'pr1234.astronomer-dev.io',
    'https://pr1234.api.astronomer-dev.io',
    ['pr1234_astronomer-dev_io'],
  ],
  [
    'pr1234.cloud.astronomer-dev.io',
    'pr1234.astronomer-dev.io',
    'https://pr1234.api.astronomer-dev.io',
    ['pr1234_cloud_astronomer-dev_io', 'pr1234_astronomer-dev_io'],
  ],
  [
    'https://pr123456.cloud.astronomer-dev.io/',
    'pr123456.astronomer-dev.io',
    'https://pr123456.api.astronomer-dev.io',
    ['https://pr123456_cloud_astronomer-dev_io/', 'pr123456_cloud_astronomer-dev_io', 'pr123456_astronomer-dev_io'],
  ],
  [
    'cloud.pr1234.astronomer-dev.io',
    'pr1234.astronomer-dev.io',
    'https://pr1234.api.astronomer-dev.io',
    ['cloud_pr1234_astronomer-dev_io', 'pr1234_astronomer-dev_io'],
  ],
  [
    'https://PR12345.astronomer-dev.io',
    'pr12345.astronomer-dev.io',
    'https://pr12345.api.astronomer-dev.io',
    ['https://pr12345_astronomer-dev_io', 'pr12345_astronomer-dev_io'],
  ],
  ['Localhost', 'localhost', 'http://localhost:8888', ['localhost']],
]

const OTHER_DOMAINS: readonly string[] = [
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

/** Values of `local.core`, with the address of the API. */
export const LOCAL_CORES: readonly (readonly [localCore: string, apiHost: string])[] = [
  ['http://localhost:8888', 'http://localhost:8888'],
  ['http://localhost:8888/', 'http://localhost:8888'],
  ['http://localhost:8888/v1', 'http://localhost:8888'],
  ['http://localhost:8888/v1//', 'http://localhost:8888'],
  ['http://localhost:8888/core/v1', 'http://localhost:8888/core'],
  ['http://localhost:8888/core//v2', 'http://localhost:8888/core//v2'],
  ['http://localhost:8888/v1/v2', 'http://localhost:8888/v1/v2'],
  ['http://localhost:8888/v1alpha1', 'http://localhost:8888/v1alpha1'],
  ['http://LOCALHOST:9000', 'http://localhost:9000'],
  ['http://127.0.0.1:8888', 'http://127.0.0.1:8888'],
  ['http://127.118.209.110:8888', 'http://127.118.209.110:8888'],
  ['http://[::1]:8888', 'http://[::1]:8888'],
  ['https://astro.example.com', 'https://astro.example.com'],
  ['https://astro.example.com:8443/v1', 'https://astro.example.com:8443'],
]

const NOT_HTTP_URLS: readonly string[] = [
  'ftp://localhost',
  'data:text/plain,localhost',
  'localhost:8888',
  '/v1',
  'not an address',
  'http://localhost:99999',
  'https://astro.example.com?key=value',
  'https://astro.example.com#part',
  'https://user@astro.example.com',
  'https://:password@astro.example.com',
  'http://127.0.0.1@evil.example',
]

/** Plain http to a host that is not this machine. */
const UNENCRYPTED_URLS: readonly (readonly [localCore: string, hostname: string])[] = [
  ['http://astro.example.com', 'astro.example.com'],
  ['http://localhost.evil.example', 'localhost.evil.example'],
  ['http://127.0.0.1.evil.example', '127.0.0.1.evil.example'],
  ['http://0.0.0.0:8888', '0.0.0.0'],
  ['http://128.0.0.1', '128.0.0.1'],
  ['http://[::2]:8888', '[::2]'],
]

/** Domains, or values of `local.core` for localhost, that a token must not be sent to. */
export const REJECTED: readonly (readonly [
  domain: string,
  localCore: string | undefined,
  error: {readonly kind: string; readonly message: string; readonly hint: string},
])[] = [
  ...OTHER_DOMAINS.map(
    (domain) =>
      [
        domain,
        undefined,
        {
          kind: 'unsupported',
          message: `The domain ${JSON.stringify(domain)} is not an Astro domain; these commands work with Astro only.`,
          hint: 'Set ASTRO_DOMAIN=astronomer.io, or log in with the Astro CLI: astro login astronomer.io',
        },
      ] as const,
  ),
  ...NOT_HTTP_URLS.map(
    (localCore) =>
      [
        'localhost',
        localCore,
        {
          kind: 'config',
          message: 'local.core is not an http or https URL.',
          hint: 'Set it to a URL such as http://localhost:8888',
        },
      ] as const,
  ),
  ...UNENCRYPTED_URLS.map(
    ([localCore, hostname]) =>
      [
        'localhost',
        localCore,
        {
          kind: 'config',
          message: `local.core is plain http to ${hostname}; the token would be sent unencrypted.`,
          hint: 'Use https, or a loopback address',
        },
      ] as const,
  ),
]
