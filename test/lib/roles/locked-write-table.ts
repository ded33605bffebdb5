import {AstroError} from '../../../src/lib/errors.js'
import {ADMIN, MEMBER, OTHER, READER, type Row} from './write-world.js'

const LOST = new AstroError('network', 'It is network.')
const failure = (kind: 'config' | 'conflict') => new AstroError(kind, `It is ${kind}.`)
const NOT_CONFIRMED = 'Could not confirm whether the roles were updated.'

/** What a write does with its lock and with the note beside it. */
export const LOCKED_WRITE_ROWS: readonly Row[] = [
  [
    'repeats a read that shows roles which this machine replaced',
    'add',
    {roles: [MEMBER, OTHER], noted: OTHER, reads: {1: [MEMBER], 2: [MEMBER]}},
    {
      ends: 'added d1',
      steps: 'lock:a read sleep:100 read sleep:200 read write release',
      roles: [MEMBER, OTHER, ADMIN],
      warnings: [],
    },
  ],
  [
    'uses such a read after ten seconds, with a warning',
    'add',
    {roles: [MEMBER], noted: OTHER, options: {backoff: () => 3000}},
    {
      ends: 'added d1',
      steps: 'lock:a read sleep:3000 read sleep:3000 read sleep:3000 read sleep:1000 read write release',
      warnings: [
        `The roles of "etl" (a) look as they did before this machine's last change; another writer may have undone it.`,
      ],
    },
  ],
  [
    'does not wait any more after slow reads of that kind',
    'add',
    {roles: [MEMBER], noted: OTHER, readTimes: [9999, 5], options: {onWarning: undefined}},
    {ends: 'added d1', steps: 'lock:a read sleep:1 read write release'},
  ],
  [
    'notes what a confirmed write replaced and what stands',
    'add',
    {roles: [MEMBER]},
    {steps: 'lock:a read write release', states: 'sent written', recorded: [[[MEMBER], [MEMBER, ADMIN]]]},
  ],
  [
    'notes everything that writes of unknown outcome replaced',
    'add',
    {
      roles: [MEMBER],
      writes: [
        {error: LOST, thenRoles: [MEMBER, OTHER]},
        {error: LOST, arrives: true},
      ],
    },
    {
      recorded: [
        [[MEMBER], [MEMBER, OTHER, ADMIN]],
        [
          [MEMBER, OTHER],
          [MEMBER, OTHER, ADMIN],
        ],
      ],
    },
  ],
  [
    'reports the change that was meant, and notes all that it replaced, if another writer came before the repeat',
    'add',
    {roles: [MEMBER], writes: [{error: LOST, thenRoles: [MEMBER, READER]}]},
    {
      ends: 'added d1',
      roles: [MEMBER, ADMIN],
      recorded: [
        [[MEMBER], [MEMBER, ADMIN]],
        [
          [MEMBER, READER],
          [MEMBER, ADMIN],
        ],
      ],
    },
  ],
  [
    'notes nothing if there was nothing to write',
    'add',
    {roles: [ADMIN]},
    {ends: 'unchanged d1', steps: 'lock:a read release', states: '', recorded: []},
  ],
  [
    'notes nothing once another process has the lock',
    'add',
    {roles: [MEMBER], isHeld: [true, true, false]},
    {ends: 'added d1', recorded: []},
  ],
  [
    'works without a lock',
    'add',
    {roles: [MEMBER], options: {lock: undefined}},
    {ends: 'added d1', steps: 'read write', recorded: []},
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
