import {expect} from 'chai'

import {SETTLE_ROWS} from './settle-table.js'
import {runIn} from './write-world.js'

describe('a change with --settle', () => {
  for (const [title, command, script, {details, ...expected}, more] of SETTLE_ROWS) {
    it(title, async () => {
      const outcome = await runIn(script, command, {settleSeconds: 4, ...more})

      expect(outcome).to.deep.include(expected)
      if (details) expect(outcome.error).to.have.deep.property('details', details)
    })
  }
})
