/** Numbers that JavaScript reads and writes as another number. */
const CHANGING: readonly string[] = [
  '9007199254740993',
  '-9223372036854775807',
  '18446744073709551615',
  '1e400',
  '-1e400',
  '1e-400',
  '-0',
  '-0.0',
  '0.1000000000000000055511151231257827',
  '1.00000000000000000001',
  `1${'0'.repeat(400)}1`,
  // Longer than any number that is written on purpose.
  `1.${'0'.repeat(399)}`,
]

/** Numbers that keep their value, if not their spelling. */
const STABLE: readonly string[] = [
  '0',
  '-1',
  '1.0',
  '1.50',
  '1.050',
  '1E2',
  '1e+2',
  '0.01e-7',
  '9007199254740992',
  '1e21',
  '0.000',
  '5e-324',
  '1.7976931348623157e308',
  `1.${'0'.repeat(398)}`,
]

const IN_STRINGS = JSON.stringify({roles: {'9007199254740993': '1e400', '\\"-0': ['-0', '\\', '"9007199254740993"']}})

/** Documents without such a number under the key `roles`. */
const ELSEWHERE: readonly string[] = [
  '{"other":{"roles":1e400},"roles":[]}',
  '{"other":1e400}',
  '[1e400]',
  'null',
  '1e400',
  IN_STRINGS,
  IN_STRINGS.replace(/}$/, ',"a":-0}'),
]

/** JSON texts with the first such number under the key `roles`. */
export const DOCUMENTS: readonly (readonly [text: string, number: string | undefined])[] = [
  ...CHANGING.map((number) => [`{"a":1,"roles":[{"b":[1,{"c":${number}}],"d":2}]}`, number] as const),
  ...STABLE.map((number) => [`{"roles":${number}}`, undefined] as const),
  ...ELSEWHERE.map((text) => [text, undefined] as const),
  ['{"other":1e400,"roles":[null,1,[2,-0],1e999]}', '-0'],
  [`{"roles":${'['.repeat(20_000)}-0${']'.repeat(20_000)}}`, '-0'],
]
