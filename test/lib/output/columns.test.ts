import {expect} from 'chai'

import {AUDIT_COLUMNS, cellText, type Column, csvText, LIST_COLUMNS} from '../../../src/lib/output/columns.js'

const NOW = new Date('2026-03-10T12:00:00Z')

const etl = {
  token: {
    id: 'cltok1',
    name: 'etl prod',
    description: 'Nightly load',
    scope: 'ORGANIZATION',
    kind: 'DIRECT_ACCESS',
    createdAt: '2026-03-07T12:00:00Z',
    createdBy: {id: 'clusr1', fullName: 'Jo Doe', username: 'jo@example.com'},
    updatedAt: '2025-03-07T12:00:00Z',
    endAt: '2026-03-22T13:00:00Z',
    lastUsedAt: '2025-12-09T13:00:00+02:00',
    lastRotatedAt: '2026-03-10T11:00:00Z',
  },
  role: 'DEPLOYMENT_ADMIN',
}
const bare = {token: {id: 'cltok1', name: 'etl', scope: 'ORGANIZATION', createdAt: ''}, role: undefined}
const audited = {...etl, deploymentId: 'd1', deploymentName: 'prod'}

function cells<T>(columns: readonly Column<T>[], item: T): string[][] {
  return columns.map((column) => [column.header, cellText(column, item, NOW)])
}

function headers(columns: readonly Column<never>[]): string[] {
  return columns.map(({header}) => header)
}

describe('the columns', () => {
  describe('of list', () => {
    it('have a cell for what the API says', () => {
      expect(cells(LIST_COLUMNS.all, etl)).to.deep.equal([
        ['ID', 'cltok1'],
        ['NAME', 'etl prod'],
        ['DESCRIPTION', 'Nightly load'],
        ['SCOPE', 'ORGANIZATION'],
        ['DEPLOYMENT_ROLE', 'DEPLOYMENT_ADMIN'],
        ['CREATED', '3 days ago'],
        ['CREATED BY', 'Jo Doe'],
        ['EXPIRES', 'in 12 days'],
        ['LAST_USED', '3 months ago'],
        ['LAST_ROTATED', '1 hour ago'],
        ['KIND', 'DIRECT_ACCESS'],
        ['UPDATED', '1 year ago'],
      ])
    })

    it('are the documented ones by default', () => {
      expect(headers(LIST_COLUMNS.shown)).to.deep.equal([
        'ID',
        'NAME',
        'DESCRIPTION',
        'SCOPE',
        'DEPLOYMENT_ROLE',
        'CREATED',
        'CREATED BY',
      ])
    })

    it('are empty for what the API does not say, except for what has never happened', () => {
      expect(cells(LIST_COLUMNS.all.slice(2), bare)).to.deep.equal([
        ['DESCRIPTION', ''],
        ['SCOPE', 'ORGANIZATION'],
        ['DEPLOYMENT_ROLE', ''],
        ['CREATED', ''],
        ['CREATED BY', ''],
        ['EXPIRES', 'never'],
        ['LAST_USED', 'never'],
        ['LAST_ROTATED', 'never'],
        ['KIND', ''],
        ['UPDATED', ''],
      ])
    })

    it('have the times of the API in CSV, and nothing for a time that is absent or none', () => {
      const times = LIST_COLUMNS.all.filter((column) => 'time' in column)
      expect(times.map((column) => csvText(column, etl))).to.deep.equal([
        '2026-03-07T12:00:00Z',
        '2026-03-22T13:00:00Z',
        '2025-12-09T13:00:00+02:00',
        '2026-03-10T11:00:00Z',
        '2025-03-07T12:00:00Z',
      ])
      expect(times.map((column) => csvText(column, bare))).to.deep.equal(['', '', '', '', ''])
      const odd = {...bare, token: {...bare.token, createdAt: 'yesterday'}}
      expect(times.map((column) => csvText(column, odd))).to.deep.equal(['', '', '', '', ''])
    })

    it('have the same texts in CSV', () => {
      const texts = LIST_COLUMNS.all.filter((column) => !('time' in column))
      expect(texts.map((column) => csvText(column, etl))).to.deep.equal(
        texts.map((column) => cellText(column, etl, NOW)),
      )
    })
  })

  describe('of list --all-deployments', () => {
    it('show by default where a token has which role, when it expires and when it was last used', () => {
      expect(cells(AUDIT_COLUMNS.shown, audited)).to.deep.equal([
        ['ID', 'cltok1'],
        ['NAME', 'etl prod'],
        ['DEPLOYMENT_ID', 'd1'],
        ['DEPLOYMENT_NAME', 'prod'],
        ['DEPLOYMENT_ROLE', 'DEPLOYMENT_ADMIN'],
        ['EXPIRES', 'in 12 days'],
        ['LAST_USED', '3 months ago'],
      ])
    })

    it('can be any of list too', () => {
      expect(headers(AUDIT_COLUMNS.all)).to.have.members([
        ...headers(LIST_COLUMNS.all),
        'DEPLOYMENT_ID',
        'DEPLOYMENT_NAME',
      ])
    })
  })
})
