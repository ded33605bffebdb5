import {expect} from 'chai'
import fc from 'fast-check'

import {type AstroError} from '../../../src/lib/errors.js'
import {AUDIT_COLUMNS, type Column, LIST_COLUMNS, readView, type ViewOptions} from '../../../src/lib/output/columns.js'
import {type ScopedToken} from '../../../src/lib/roles/token-scoping.js'
import {failureOf} from '../support.js'

const NOW = new Date('2026-03-10T12:00:00Z')

const etl = {
  token: {
    id: 'cltok1',
    name: 'etl prod',
    description: 'Nightly load',
    scope: 'ORGANIZATION',
    createdAt: '2026-03-07T12:00:00Z',
    createdBy: {id: 'clusr1', fullName: 'Jo Doe', username: 'jo@example.com'},
  },
  role: 'DEPLOYMENT_ADMIN',
}

function named(name: string, createdAt = '', role: string | undefined = 'r'): ScopedToken {
  return {token: {id: `id-of-${name}`, name, scope: 'ORGANIZATION', createdAt}, role}
}

function headers(columns: string, all: readonly Column<never>[] = LIST_COLUMNS): string[] {
  return readView(all, {columns}).columns.map(({header}) => header)
}

function names(items: readonly ScopedToken[], sort: string): string[] {
  return readView(LIST_COLUMNS, {sort})
    .sort(items)
    .map(({token}) => token.name)
}

interface Spelling {
  readonly header: string
  readonly name: string
}

const spelling = fc.constantFrom(...AUDIT_COLUMNS.flatMap((column) => spellings(column)))

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

describe('the columns of a list', () => {
  it('have a cell for what the API says, the age of the token among them', () => {
    expect(LIST_COLUMNS.map(({header, text}) => [header, text(etl, NOW)])).to.deep.equal([
      ['ID', 'cltok1'],
      ['NAME', 'etl prod'],
      ['DESCRIPTION', 'Nightly load'],
      ['SCOPE', 'ORGANIZATION'],
      ['DEPLOYMENT_ROLE', 'DEPLOYMENT_ADMIN'],
      ['CREATED', '3 days ago'],
      ['CREATED BY', 'Jo Doe'],
    ])
  })

  it('leave empty what the API does not say, and the role of a token that has roles on DAGs alone', () => {
    const bare = {token: {id: 'cltok1', name: 'etl', scope: 'ORGANIZATION', createdAt: ''}, role: undefined}
    expect(LIST_COLUMNS.slice(2).map(({text}) => text(bare, NOW))).to.deep.equal(['', 'ORGANIZATION', '', '', ''])
  })

  it('say the Deployment, by ID and name, before the role in the view over all Deployments', () => {
    const row = {...etl, deploymentId: 'd1', deploymentName: 'prod'}
    expect(AUDIT_COLUMNS.slice(3, 7).map(({header, text}) => [header, text(row, NOW)])).to.deep.equal([
      ['SCOPE', 'ORGANIZATION'],
      ['DEPLOYMENT_ID', 'd1'],
      ['DEPLOYMENT_NAME', 'prod'],
      ['DEPLOYMENT_ROLE', 'DEPLOYMENT_ADMIN'],
    ])
  })

  describe('that are chosen', () => {
    it('come in the order in which they are named, all of them where none is', () => {
      expect(headers('NAME,ID')).to.deep.equal(['NAME', 'ID'])
      expect(readView(LIST_COLUMNS, {}).columns).to.deep.equal(LIST_COLUMNS)
    })

    for (const name of ['CREATED BY', 'created_by', 'Created By', ' created by ', 'CREATED_BY']) {
      it(`are found as ${JSON.stringify(name)}`, () => {
        expect(headers(name)).to.deep.equal(['CREATED BY'])
      })
    }

    it('are found by their keys in JSON', () => {
      expect(headers('role,created_at,deployment_role,created')).to.deep.equal(['DEPLOYMENT_ROLE', 'CREATED'])
      expect(
        AUDIT_COLUMNS.map(({header, key}) => readView(AUDIT_COLUMNS, {columns: key}).columns[0]?.header === header),
      )
        .to.have.length(9)
        .and.not.to.include(false)
    })

    it('come once, where they are first named', () => {
      expect(headers('id,name,ID,Name,id')).to.deep.equal(['ID', 'NAME'])
    })

    it('are any of those there are, in any spelling', () => {
      fc.assert(
        fc.property(fc.array(spelling, {minLength: 1}), (chosen) => {
          expect(headers(namesOf(chosen).join(','), AUDIT_COLUMNS)).to.deep.equal(headersOf(chosen))
        }),
      )
    })

    const there = 'ID, NAME, DESCRIPTION, SCOPE, DEPLOYMENT_ROLE, CREATED, CREATED BY'
    for (const [options, unknown] of [
      [{columns: 'id,owner'}, 'owner'],
      [{columns: ''}, ''],
      [{columns: 'id,'}, ''],
      [{columns: '-id'}, '-id'],
      [{columns: 'deployment_name'}, 'deployment_name'],
      [{sort: 'owner'}, 'owner'],
      [{sort: '-owner'}, 'owner'],
      [{sort: ''}, ''],
      [{sort: '-'}, ''],
      [{sort: 'id,name'}, 'id,name'],
    ] as const) {
      it(`are refused with those there are: ${JSON.stringify(options)}`, async () => {
        const error = await refusal(options)
        expect(error.kind).to.equal('usage')
        expect(error.message).to.equal(`There is no column "${unknown}". There are: ${there}.`)
      })
    }
  })

  describe('as an order', () => {
    it('is the order that was there where none is asked for', () => {
      const items = ['b', 'a', 'c'].map((name) => named(name))
      expect(readView(LIST_COLUMNS, {}).sort(items)).to.deep.equal(items)
    })

    it('rises, and falls after a minus', () => {
      const items = ['b', 'a', 'c'].map((name) => named(name))
      expect(names(items, 'name')).to.deep.equal(['a', 'b', 'c'])
      expect(names(items, '-NAME')).to.deep.equal(['c', 'b', 'a'])
      expect(names(items, ' -name')).to.deep.equal(['c', 'b', 'a'])
    })

    it('is by code units, the same in every locale', () => {
      const items = ['ä', 'z', 'a', 'Z', '10', '9', ''].map((name) => named(name))
      expect(names(items, 'name')).to.deep.equal(['', '10', '9', 'Z', 'a', 'z', 'ä'])
    })

    it('is by time for CREATED, whatever the words and the zone, those without a time first', () => {
      const items = [
        named('2 days', '2026-03-08T12:00:00Z'),
        named('10 days', '2026-02-28T12:00:00Z'),
        named('none'),
        named('2 hours later', '2026-03-08T13:00:00-01:00'),
        named('no time', 'yesterday'),
      ]
      expect(names(items, 'created')).to.deep.equal(['none', 'no time', '10 days', '2 days', '2 hours later'])
      expect(names(items, '-created_at')).to.deep.equal(['2 hours later', '2 days', '10 days', 'none', 'no time'])
    })

    it('is by the true text, not by what is safe to show', () => {
      const items = ['\u001B[31mb', 'a', 'b'].map((name) => named(name))
      expect(names(items, 'name')[0]).to.equal('\u001B[31mb')
    })

    it('keeps every item, orders neighbours, and leaves equal ones as they were, either way', () => {
      const item = fc.tuple(fc.constantFrom('a', 'b', 'B', 'é', ''), fc.nat({max: 3}))
      fc.assert(
        fc.property(fc.array(item), fc.constantFrom('role', 'created'), fc.boolean(), (facts, by, isDescending) => {
          const items = numbered(facts)
          const result = readView(LIST_COLUMNS, {sort: `${isDescending ? '-' : ''}${by}`}).sort(items)

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
