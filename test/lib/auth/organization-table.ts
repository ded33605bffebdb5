/** What a credential, the environment and the API say about Organizations. */
export interface World {
  /** The Organization that the credential names. */
  readonly own?: string
  /** The Organization of the saved context. */
  readonly saved?: string
  readonly variable?: string
  /** The IDs that the API lists; without them, a request fails the test. */
  readonly listed?: readonly string[]
}

export const FOUND: readonly (readonly [title: string, world: World, id: string])[] = [
  ['uses the Organization of the credential first', {own: 'own-1_A', variable: 'other'}, 'own-1_A'],
  ['uses ASTRO_ORGANIZATION_ID if the credential names none', {variable: ' mine\n'}, 'mine'],
  ['uses the only Organization that the API lists', {variable: ' ', listed: ['only'], saved: 'other'}, 'only'],
]

const NOT_ID = {
  kind: 'usage',
  hint: 'Set ASTRO_ORGANIZATION_ID to the ID of an Organization; list them with the Astro CLI: astro organization list',
}
const NOT_SAVED_ID = {kind: 'config', hint: 'Log in again with the Astro CLI: astro login'}
const TWO = {
  kind: 'usage',
  message: 'No Organization specified. The credential belongs to 2 Organizations.',
  candidates: [
    {id: 'a', name: 'name-of-a'},
    {id: 'b', name: 'name-of-b'},
  ],
  hint: 'Set ASTRO_ORGANIZATION_ID to a (name-of-a) or b (name-of-b)',
}

export const NOT_FOUND: readonly (readonly [title: string, world: World, error: object])[] = [
  ['rejects ..', {variable: '..'}, {...NOT_ID, message: 'ASTRO_ORGANIZATION_ID is not an ID: "..".'}],
  ['rejects a path', {variable: 'a/b'}, {...NOT_ID, message: 'ASTRO_ORGANIZATION_ID is not an ID: "a/b".'}],
  ['rejects a query', {variable: 'a?'}, {...NOT_ID, message: 'ASTRO_ORGANIZATION_ID is not an ID: "a?".'}],
  ['rejects an escape', {variable: '%2e'}, {...NOT_ID, message: 'ASTRO_ORGANIZATION_ID is not an ID: "%2e".'}],
  [
    'rejects a saved login whose Organization is not an ID',
    {own: 'a b'},
    {...NOT_SAVED_ID, message: 'The Organization of the saved login is not an ID: "a b".'},
  ],
  ['lists several Organizations', {listed: ['a', 'b']}, TWO],
  ['does not suggest another Organization', {listed: ['a', 'b'], saved: 'x'}, TWO],
  [
    'lists the Organization of the saved context first',
    {listed: ['a', 'b', 'c'], saved: 'b'},
    {
      kind: 'usage',
      message: 'No Organization specified. The credential belongs to 3 Organizations.',
      candidates: [
        {id: 'b', name: 'name-of-b'},
        {id: 'a', name: 'name-of-a'},
        {id: 'c', name: 'name-of-c'},
      ],
      hint: 'Set ASTRO_ORGANIZATION_ID to b (name-of-b, as in the saved context of the Astro CLI) or a (name-of-a) or c (name-of-c)',
    },
  ],
  [
    'rejects a credential without an Organization',
    {listed: []},
    {
      kind: 'forbidden',
      message: 'The credential belongs to no Organization.',
      hint: 'Use a token or a login that belongs to the Organization',
    },
  ],
]
