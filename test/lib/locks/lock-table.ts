import {type LockOptions} from '../../../src/lib/locks/lock.js'
import {failing, lstatFailing, noteOf, RUNNING} from './fake-system.js'

/** What is there before a process wants the lock. */
export interface Scene {
  /** Functions that replace those of node:fs/promises. */
  readonly functions?: object
  /** Texts of files, by what follows the lock's own path. */
  readonly files?: Readonly<Record<string, string>>
  readonly folder?: string
  readonly linkTo?: string
  /** The holder refreshes its lock that often. */
  readonly refreshMs?: number
  /** The holder writes its note so late. */
  readonly note?: {readonly afterMs: number; readonly text: string}
}

const DEAD = '.00000000000000aa'
const OTHER_ID = '00000000000000bb'
const ELSEWHERE = {host: 'build-2', machine: 'build-2'}
const WAITS = ['onWait', 'wait - at 0']
const SINCE = 'since 2026-03-10T11:00:00.000Z'

/** How a lock is taken: what the caller is told, and when. The wait after a take-over lasts 500 ms. */
export const TAKEN: readonly (readonly [string, Scene, readonly string[], Partial<LockOptions>?])[] = [
  ['a free lock at once', {}, ['acquired - at 0']],
  [
    'the lock of a process that has ended, then waits',
    {files: {'': noteOf()}},
    ['take-over 2000 at 0', 'onWait', 'acquired - at 500'],
  ],
  [
    'the lock of a process that has ended without a wait if none is wanted',
    {files: {'': noteOf({start: undefined})}},
    ['take-over 2000 at 0', 'acquired - at 0'],
    {afterTakeOverMs: 0},
  ],
  [
    'what processes left that were killed while they took over',
    {
      files: {
        '': noteOf(),
        [DEAD]: noteOf({id: OTHER_ID, pid: 2001}),
        [`${DEAD}.${OTHER_ID}`]: noteOf({id: '00000000000000cc', pid: 2002}),
      },
    },
    ['take-over 2002 at 0', 'take-over 2001 at 0', 'take-over 2000 at 0', 'onWait', 'acquired - at 500'],
  ],
  [
    'the lock of another machine after 30 seconds that it watched itself',
    {files: {'': noteOf({...ELSEWHERE, pid: RUNNING, since: '2020-01-01T00:00:00.000Z'})}},
    ['onWait', 'wait 3000 at 0', 'take-over 3000 at 30000', 'acquired - at 30500'],
  ],
  ['an empty file after ten seconds', {files: {'': ''}}, [...WAITS, 'take-over - at 10000', 'acquired - at 10500']],
  ['the place of an empty folder after ten seconds', {folder: ''}, [...WAITS, 'acquired - at 10500']],
  [
    'a link that leads nowhere after ten seconds',
    {linkTo: 'missing'},
    [...WAITS, 'take-over - at 10000', 'acquired - at 10500'],
  ],
  [
    'a lock whose note came late as if it were new then',
    {files: {'': ''}, note: {afterMs: 9500, text: noteOf(ELSEWHERE)}},
    [...WAITS, 'take-over 2000 at 39500', 'acquired - at 40000'],
  ],
  [
    'the lock of a running process after the longest silence',
    {files: {'': noteOf({pid: RUNNING})}},
    ['onWait', 'wait 3000 at 0', 'take-over 3000 at 5000', 'acquired - at 5500'],
    {silenceMs: 5000},
  ],
  [
    'a file that is no lock after the longest silence',
    {files: {'': 'not a lock'}},
    [...WAITS, 'take-over - at 5000', 'acquired - at 5500'],
    {silenceMs: 5000},
  ],
]

/** Fields that make the note of a lock unreadable. */
export const UNREADABLE: readonly object[] = [
  {id: '../../../etc/x'},
  {id: '00000000000000aa0'},
  {id: '000000000000000aa'},
  {id: 1_234_567_890_123_456},
  {pid: 0},
  {pid: -1},
  {pid: 1.5},
  {pid: '1'},
  {host: 1},
  {machine: 1},
  {since: 1},
  {start: 1},
]

/** How waiting for a lock ends in vain. */
export const HELD: readonly (readonly [string, Scene, string, Partial<LockOptions>?])[] = [
  [
    'a silent process that runs, for a minute',
    {files: {'': noteOf({pid: RUNNING})}},
    `Process 3000 has held the lock on token x ${SINCE}.`,
  ],
  [
    'a process that stands still while it takes over a dead lock',
    {files: {'': noteOf(), [DEAD]: noteOf({id: OTHER_ID, pid: RUNNING})}},
    `Process 3000 has held the lock on token x ${SINCE}.`,
  ],
  [
    'a process on another machine that refreshes its lock',
    {files: {'': noteOf(ELSEWHERE)}, refreshMs: 25_000},
    `Process 2000 on build-2 has held the lock on token x ${SINCE}.`,
  ],
  [
    'a process on another machine that is silent for less than 30 seconds',
    {files: {'': noteOf(ELSEWHERE)}},
    `Process 2000 on build-2 has held the lock on token x ${SINCE}.`,
    {waitMs: 29_500},
  ],
  [
    'a process that refreshes its lock more often than the longest silence',
    {files: {'': noteOf({pid: RUNNING})}, refreshMs: 1000},
    `Process 3000 has held the lock on token x ${SINCE}.`,
    {silenceMs: 5000},
  ],
  ['a folder that is not empty', {folder: '/something'}, 'Another process has held the lock on token x.'],
  ...['EACCES', 'EBUSY', 'EPERM', 'ESTALE'].map(
    (code) =>
      [
        `a lock that it cannot read because of ${code}`,
        {files: {'': noteOf()}, functions: {lstat: lstatFailing(code)}},
        'Another process has held the lock on token x.',
        {silenceMs: 1000},
      ] as const,
  ),
  [
    'a dead lock that it cannot replace, and leaves no claim on it',
    {files: {'': noteOf()}, functions: {rename: failing('EPERM')}},
    `Process 2000 has held the lock on token x ${SINCE}.`,
  ],
]
