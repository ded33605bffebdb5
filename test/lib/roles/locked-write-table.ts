import {AstroError} from '../../../src/lib/errors.js'
import {MEMBER, READER, type Row} from './write-world.js'

const LOST = new AstroError('network', 'It is network.')
const failure = (kind: 'config' | 'conflict') => new AstroError(kind, `It is ${kind}.`)
const NOT_CONFIRMED = 'Could not confirm whether the roles were updated.'

/** What a write does with its lock. */
export const LOCKED_WRITE_ROWS: readonly Row[] = [
  [
    'works without a lock',
    'add',
    {roles: [MEMBER], options: {lock: undefined}},
    {ends: 'added d1', steps: 'read write'},
  ],
  [
    'takes the lock again and reads again if another process took it over before the write',
    'add',
    {roles: [MEMBER], isHeld: [false]},
    {ends: 'added d1', steps: 'lock:a read lock:a sleep:100 read write release'},
  ],
  [
    'does not count as removed what another process removed before the write',
    'remove',
    {roles: [MEMBER, READER], isHeld: [false], beforeLooks: [[MEMBER]]},
    {ends: 'not_found: The token "etl" has no role on Deployment d1.', states: ''},
  ],
  [
    'fails if the lock is lost before each of four writes',
    'add',
    {roles: [MEMBER], isHeld: [false, false, false, false]},
    {ends: 'conflict: Another process took over the lock on this token.', states: ''},
  ],
  [
    'reads again if another process took the lock over during the write',
    'add',
    {roles: [MEMBER], isHeld: [true, false]},
    {ends: 'added d1', steps: 'lock:a read write lock:a sleep:100 read release', states: 'sent written'},
  ],
  [
    'finds its write done if the lock cannot be taken again',
    'add',
    {roles: [MEMBER], isHeld: [true, false], lockErrors: {2: failure('conflict')}},
    {ends: 'added d1', states: 'sent written'},
  ],
  [
    'says that the outcome is unknown if the lock is lost before the repeat',
    'add',
    {roles: [MEMBER], writes: [{error: LOST}], isHeld: [true, false]},
    {
      ends: `conflict: ${NOT_CONFIRMED} Another process took over the lock on this token.`,
      states: 'sent refused',
    },
  ],
  [
    'passes on an error of the program from the lock',
    'add',
    {roles: [MEMBER], isHeld: [false], lockErrors: {2: new TypeError('bug')}},
    {ends: 'TypeError: bug', states: ''},
  ],
  [
    'throws what the first lock fails with',
    'add',
    {roles: [MEMBER], lockErrors: {1: failure('config')}},
    {ends: 'config: It is config.', steps: 'lock:a', states: ''},
  ],
]
