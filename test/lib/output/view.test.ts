import {expect} from 'chai'
import fc from 'fast-check'

import {type AstroError} from '../../../src/lib/errors.js'
import {AUDIT_COLUMNS, type Column, type ColumnSet, LIST_COLUMNS} from '../../../src/lib/output/columns.js'
import {readView, type ViewOptions} from '../../../src/lib/output/view.js'
import {type ScopedToken} from '../../../src/lib/roles/token-scoping.js'
import {failureOf} from '../support.js'

function named(name: string, createdAt = '', role: string | undefined = 'r'): ScopedToken {
  return {token: {id: `id-of-${name}`, name, scope: 'ORGANIZATION', createdAt}, role}
}

function withTime(name: string, key: string, time: string): ScopedToken {
  const {role, token} = named(name)
  return {token: {...token, [key]: time}, role}
}

async function headers(columns: string, set: ColumnSet<never> = LIST_COLUMNS): Promise<string[]> {
  const view = await readView(set, {columns})
  return view.columns.map(({header}) => header)
}

async function names(items: readonly ScopedToken[], sort: string): Promise<string[]> {
  const view = await readView(LIST_COLUMNS, {sort})
  return view.sort(items).map(({token}) => token.name)
}

interface Spelling {
  readonly header: string
  readonly name: string
}

const spelling = fc.constantFrom(...AUDIT_COLUMNS.all.flatMap((column) => spellings(column)))

function spellings({header, key}: Column<never>): Spelling[] {
  const names = [header, key, key.toUpperCase(), header.toLowerCase().replaceAll(' ', '_')]
  return names.map((name) => ({header, name}))
}

function namesOf(chosen: readonly Spelling[]): string[] {
  return chosen.map(({name}) => name)
}

function headersOf(chosen: readonly Spelling[]): string[] {
  return [...new Set(chosen.map(({header}) => header))]
}

async function refusal(options: ViewOptions): Promise<AstroError> {
  return failureOf(async () => readView(LIST_COLUMNS, options))
}

describe('readView', () => {
  describe('selects columns', () => {
    it('in the order in which they are named, and the default ones if none are', async () => {
      expect(await headers('NAME,ID')).to.deep.equal(['NAME', 'ID'])
      const view = await readView(LIST_COLUMNS, {})
      expect(view.columns).to.deep.equal(LIST_COLUMNS.shown)
    })

    for (const name of ['CREATED BY', 'created_by', 'Created By', ' created by ', 'CREATED_BY']) {
      it(`finds one as ${JSON.stringify(name)}`, async () => {
        expect(await headers(name)).to.deep.equal(['CREATED BY'])
      })
    }

    it('finds them by their keys in JSON', async () => {
      const columns = 'role,created_at,deployment_role,created,expires_at,last_used_at'
      expect(await headers(columns)).to.deep.equal(['DEPLOYMENT_ROLE', 'CREATED', 'EXPIRES', 'LAST_USED'])
    })

    it('selects each once, where it is first named', async () => {
      expect(await headers('id,name,ID,Name,id')).to.deep.equal(['ID', 'NAME'])
    })

    it('selects any of them, in any spelling', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(spelling, {minLength: 1}), async (chosen) => {
          expect(await headers(namesOf(chosen).join(','), AUDIT_COLUMNS)).to.deep.equal(headersOf(chosen))
        }),
      )
    })

    const all =
      'ID, NAME, DESCRIPTION, SCOPE, DEPLOYMENT_ROLE, CREATED, CREATED BY, ' +
      'EXPIRES, LAST_USED, LAST_ROTATED, KIND, UPDATED'
    for (const [options, unknown, likely] of [
      [{columns: 'id,owner'}, 'owner', undefined],
      [{columns: ''}, '', undefined],
      [{columns: 'id,'}, '', undefined],
      [{columns: 'id,desc'}, 'desc', 'DESCRIPTION'],
      [{columns: 'EXPIRY'}, 'EXPIRY', 'EXPIRES'],
      [{columns: 'last-used'}, 'last-used', 'LAST_USED'],
      [{columns: 'deployment_name'}, 'deployment_name', 'DEPLOYMENT_ROLE'],
      [{sort: 'owner'}, 'owner', undefined],
      [{sort: '-nme'}, 'nme', 'NAME'],
      [{sort: ''}, '', undefined],
      [{sort: '-'}, '', undefined],
      [{sort: 'id,name'}, 'id,name', 'NAME'],
    ] as const) {
      it(`fails with all names and the closest one: ${JSON.stringify(options)}`, async () => {
        const error = await refusal(options)
        expect(error.kind).to.equal('usage')
        expect(error.message).to.equal(`There is no column "${unknown}". Columns: ${all}.`)
        expect(error.details.hint).to.equal(likely && `Did you mean ${likely}?`)
      })
    }
  })

  describe('sorts', () => {
    it('not at all by default', async () => {
      const items = ['b', 'a', 'c'].map((name) => named(name))
      const view = await readView(LIST_COLUMNS, {})
      expect(view.sort(items)).to.deep.equal(items)
    })

    it('in ascending order, and in descending order after a minus', async () => {
      const items = ['b', 'a', 'c'].map((name) => named(name))
      expect(await names(items, 'name')).to.deep.equal(['a', 'b', 'c'])
      expect(await names(items, '-NAME')).to.deep.equal(['c', 'b', 'a'])
      expect(await names(items, ' -name')).to.deep.equal(['c', 'b', 'a'])
    })

    it('by code units, the same in every locale', async () => {
      const items = ['ä', 'z', 'a', 'Z', '10', '9', ''].map((name) => named(name))
      expect(await names(items, 'name')).to.deep.equal(['', '10', '9', 'Z', 'a', 'z', 'ä'])
    })

    it('CREATED by time, whatever the words and the zone, tokens without a time first', async () => {
      const items = [
        named('2 days', '2026-03-08T12:00:00Z'),
        named('10 days', '2026-02-28T12:00:00Z'),
        named('none'),
        named('2 hours later', '2026-03-08T13:00:00-01:00'),
        named('no time', 'yesterday'),
      ]
      expect(await names(items, 'created')).to.deep.equal(['none', 'no time', '10 days', '2 days', '2 hours later'])
      expect(await names(items, '-created_at')).to.deep.equal(['2 hours later', '2 days', '10 days', 'none', 'no time'])
    })

    it('by columns that are not shown', async () => {
      const view = await readView(LIST_COLUMNS, {columns: 'name', sort: 'id'})
      expect(view.sort([named('b'), named('a')]).map(({token}) => token.name)).to.deep.equal(['a', 'b'])
    })

    for (const [column, key, order] of [
      ['EXPIRES', 'endAt', ['no time', 'old', 'new', 'none']],
      ['LAST_USED', 'lastUsedAt', ['none', 'no time', 'old', 'new']],
      ['LAST_ROTATED', 'lastRotatedAt', ['none', 'no time', 'old', 'new']],
      ['UPDATED', 'updatedAt', ['none', 'no time', 'old', 'new']],
    ] as const) {
      it(`${column} by time, and \`never\` as the ${column === 'EXPIRES' ? 'latest' : 'earliest'}`, async () => {
        const items = [
          withTime('new', key, '2026-03-09T00:00:00+09:00'),
          named('none'),
          withTime('old', key, '2026-03-08T14:00:00Z'),
        ]
        expect(await names([...items, withTime('no time', key, 'soon')], column)).to.deep.equal(order)
      })
    }

    it('by the true text, not by what is safe to show', async () => {
      const items = ['\u001B[31mb', 'a', 'b'].map((name) => named(name))
      const [first] = await names(items, 'name')
      expect(first).to.equal('\u001B[31mb')
    })

    it('keeps every item, orders neighbours, and leaves equal ones as they were, either way', async () => {
      const item = fc.tuple(fc.constantFrom('a', 'b', 'B', 'é', ''), fc.nat({max: 3}))
      const cases = fc.tuple(fc.array(item), fc.constantFrom('role', 'created'), fc.boolean())
      await fc.assert(
        fc.asyncProperty(cases, async ([facts, by, isDescending]) => {
          const items = numbered(facts)
          const view = await readView(LIST_COLUMNS, {sort: `${isDescending ? '-' : ''}${by}`})
          const result = view.sort(items)

          expect(result).to.have.length(items.length).and.to.have.members(items)
          expectOrder(isDescending ? result.toReversed() : result, by, isDescending)
        }),
      )
    })
  })
})

/** Items that are named by their places. */
function numbered(facts: readonly (readonly [role: string, day: number])[]): ScopedToken[] {
  return facts.map(([role, day], index) => named(String(index), `2026-01-0${day + 1}T00:00:00Z`, role))
}

/** Rising values; of those that are equal, the later ones after a minus first, since this is read from its end. */
function expectOrder(items: readonly ScopedToken[], by: 'created' | 'role', laterFirst: boolean): void {
  for (const [index, after] of items.entries()) {
    const before = items[index - 1]
    if (!before) continue
    const [low = '', high = ''] = [before, after].map(({role, token}) => (by === 'role' ? role : token.createdAt))
    expect(low <= high).to.equal(true)
    if (low === high) expect(Number(before.token.name) < Number(after.token.name)).to.equal(!laterFirst)
  }
}
