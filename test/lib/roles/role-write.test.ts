import {expect} from 'chai'

import {LOCKED_WRITE_ROWS} from './locked-write-table.js'
import {WRITE_ROWS} from './role-write-table.js'
import {SETTLE_ROWS} from './settle-table.js'
import {runIn} from './write-world.js'

for (const [suite, rows, target] of [
  ['writing roles until the outcome is known', [...WRITE_ROWS, ...LOCKED_WRITE_ROWS], {}],
  ['a change with --settle', SETTLE_ROWS, {settleSeconds: 4}],
] as const) {
  describe(suite, () => {
    for (const [title, command, script, {details, ...expected}, more] of rows) {
      it(title, async () => {
        const outcome = await runIn(script, command, {...target, ...more})

        expect(outcome).to.deep.include(expected)
        if (details) expect(outcome.error).to.have.deep.property('details', details)
      })
    }
  })
}
