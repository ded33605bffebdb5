import {expect} from 'chai'
import fc from 'fast-check'

import {AUDIT_COLUMNS, LIST_COLUMNS} from '../../../src/lib/output/columns.js'
import {readView} from '../../../src/lib/output/view.js'
import {type ScopedToken} from '../../../src/lib/roles/service.js'
import {failureOf} from '../support.js'
import {BARE} from './fixtures.js'
import {TIME_ORDERS, TIMES, UNKNOWN_COLUMNS} from './view-table.js'

const item = (name: string, role = 'r', more = {}): ScopedToken => ({token: {...BARE, name, ...more}, role})

/** The names of the rows, sorted. */
async function sorted(items: readonly ScopedToken[], sort?: string): Promise<string[]> {
  const view = await readView(LIST_COLUMNS, {sort})
  return view.sort(items).map(({token}) => token.name)
}

describe('readView', () => {
  it('selects columns by header or JSON key, in any spelling, each once', async () => {
    const spellings = AUDIT_COLUMNS.all.flatMap(({header, key}) =>
      [header, key, key.toUpperCase(), ` ${header.toLowerCase().replaceAll(' ', '_')} `].map((name) => ({
        header,
        name,
      })),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...spellings), {minLength: 1}), async (chosen) => {
        const {columns} = await readView(AUDIT_COLUMNS, {columns: chosen.map(({name}) => name).join(',')})
        const headers = new Set(chosen.map(({header}) => header))
        expect(columns.map(({header}) => header)).to.deep.equal([...headers])
      }),
    )
  })

  for (const [options, name, likely] of UNKNOWN_COLUMNS) {
    it(`fails with all columns and the closest one for ${JSON.stringify(options)}`, async () => {
      const {details, kind, message} = await failureOf(async () => readView(LIST_COLUMNS, options))
      const columns =
        'ID, NAME, DESCRIPTION, SCOPE, DEPLOYMENT_ROLE, CREATED, CREATED BY, EXPIRES, LAST_USED, LAST_ROTATED, KIND, UPDATED'
      expect([kind, message]).to.deep.equal(['usage', `There is no column "${name}". Columns: ${columns}.`])
      expect(details).to.deep.equal(likely === undefined ? {} : {hint: `Did you mean ${likely}?`})
    })
  }

  it('sorts texts by code units, in both directions, and not at all by default', async () => {
    const names = ['b', 'ä', 'Z', '\u001B[31mb', '10', '9', '']
    const items = names.map((name) => item(name))
    const ascending = ['', '\u001B[31mb', '10', '9', 'Z', 'b', 'ä']
    expect(await sorted(items)).to.deep.equal(names)
    expect(await sorted(items, 'name')).to.deep.equal(ascending)
    expect(await sorted(items, ' -NAME')).to.deep.equal(ascending.toReversed())
  })

  for (const [sort, key, names] of TIME_ORDERS) {
    it(`sorts times by ${sort}`, async () => {
      const items = Object.entries(TIMES).map(([name, time]) => item(name, 'r', {[key]: time}))
      expect(await sorted(items, sort)).to.deep.equal(names)
    })
  }
})
