import {type WriteState} from '../../src/lib/roles/write.js'

const LOST = 'The login to astronomer.io was being refreshed and may be lost.'
const LOG_IN = 'If the next command is not authenticated, log in with the Astro CLI: astro login astronomer.io'
const CHECK = 'Check the roles of the token: {{list}} --all-deployments'

interface Case {
  readonly title: string
  readonly writeState?: WriteState
  /** Absent if the login is not refreshed. */
  readonly refresh?: 'fails' | 'takes longer'
  readonly printed: readonly string[]
}

/** What a signal prints. */
export const CANCELLATIONS: readonly Case[] = [
  {title: 'before a write', printed: ['Cancelled.', '']},
  {title: 'after a refused write', writeState: 'not_written', printed: ['Cancelled.', '']},
  {
    title: 'inside a write',
    writeState: 'sent',
    printed: ['Cancelled during the update. Could not confirm whether the roles were updated.', CHECK],
  },
  {title: 'after a write', writeState: 'written', printed: ['Cancelled after the roles were updated.', CHECK]},
  {
    title: 'after another writer undid a write',
    writeState: 'undone',
    printed: ['Cancelled. The roles were updated, but another writer has undone the change.', CHECK],
  },
  {title: 'if a refresh fails', refresh: 'fails', printed: [`Cancelled. ${LOST}`, LOG_IN]},
  {title: 'if a refresh takes longer', refresh: 'takes longer', printed: [`Cancelled. ${LOST}`, LOG_IN]},
  {
    title: 'after a write if a refresh takes longer',
    refresh: 'takes longer',
    writeState: 'written',
    printed: [`Cancelled after the roles were updated. ${LOST}`, `${CHECK} (${LOG_IN})`],
  },
]
