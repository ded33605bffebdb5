import {expect} from 'chai'

import {LOCKED_WRITE_ROWS} from './locked-write-table.js'
import {WRITE_ROWS} from './role-write-table.js'
import {runIn} from './write-world.js'

describe('writing roles until the outcome is known', () => {
  for (const [title, command, script, {details, ...expected}, more] of [...WRITE_ROWS, ...LOCKED_WRITE_ROWS]) {
    it(title, async () => {
      const outcome = await runIn(script, command, more)

      expect(outcome).to.deep.include(expected)
      if (details) expect(outcome.error).to.have.deep.property('details', details)
    })
  }
})
