import {expect} from 'chai'

import {confirmsRoles} from '../../../src/lib/roles/confirms-roles.js'
import {RESPONSES, SENT} from './confirms-roles-table.js'

describe('the response to a write', () => {
  for (const [title, expected, response, sent = SENT] of RESPONSES) {
    it(`${expected ? 'confirms' : 'does not confirm'} it with ${title}`, () => {
      expect(confirmsRoles(response, sent)).to.equal(expected)
    })
  }
})
