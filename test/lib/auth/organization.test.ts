import {expect} from 'chai'

import {findOrganization} from '../../../src/lib/auth/organization.js'
import {reportOf} from './fixture.js'
import {FOUND, NOT_FOUND, type World} from './organization-table.js'

async function find({listed, own, saved, variable}: World): Promise<string> {
  return findOrganization(
    {organizationId: own, ...(saved && {savedOrganizationId: async () => saved})},
    {ASTRO_ORGANIZATION_ID: variable},
    {
      async get(path) {
        if (!listed || path !== 'organizations') throw new Error(`unexpected request of ${path}`)
        const organizations = listed.map((id) => ({id, name: `name-of-${id}`}))
        return {organizations, limit: 1000, totalCount: listed.length}
      },
      async post() {
        throw new Error('unexpected write')
      },
    },
  )
}

describe('findOrganization', () => {
  for (const [title, world, id] of FOUND) {
    it(title, async () => {
      expect(await find(world)).to.equal(id)
    })
  }

  for (const [title, world, error] of NOT_FOUND) {
    it(title, async () => {
      expect(await reportOf(async () => find(world))).to.deep.equal(error)
    })
  }
})
