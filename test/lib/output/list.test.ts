import {expect} from 'chai'

import {listRows, tabSeparated} from '../../../src/lib/output/list.js'

const NOW = new Date('2026-03-10T12:00:00Z')

const etl = {
  id: 'cltok1',
  name: 'etl prod',
  description: 'Nightly load',
  scope: 'ORGANIZATION',
  createdAt: '2026-03-07T12:00:00Z',
  createdBy: {id: 'clusr1', fullName: 'Jo Doe', username: 'jo@example.com'},
}

describe('the list for people and pipes', () => {
  describe('listRows', () => {
    it('has a cell for each column, the age of the token among them', () => {
      expect(listRows([{token: etl, role: 'DEPLOYMENT_ADMIN'}], NOW)).to.deep.equal([
        {
          ID: 'cltok1',
          NAME: 'etl prod',
          DESCRIPTION: 'Nightly load',
          SCOPE: 'ORGANIZATION',
          DEPLOYMENT_ROLE: 'DEPLOYMENT_ADMIN',
          CREATED: '3 days ago',
          'CREATED BY': 'Jo Doe',
        },
      ])
    })

    it('keeps the order of the tokens', () => {
      const tokens = ['b', 'a', 'c'].map((name) => ({token: {...etl, name}, role: 'r'}))
      expect(listRows(tokens, NOW).map((row) => row.NAME)).to.deep.equal(['b', 'a', 'c'])
    })

    it('leaves the role empty for a token that has roles on DAGs alone', () => {
      expect(listRows([{token: etl, role: undefined}], NOW)[0]).to.include({DEPLOYMENT_ROLE: ''})
    })

    it('leaves empty what the API does not say', () => {
      const token = {id: 'cltok1', name: 'etl', scope: 'ORGANIZATION', createdAt: ''}
      expect(listRows([{token, role: 'r'}], NOW)[0]).to.include({DESCRIPTION: '', CREATED: '', 'CREATED BY': ''})
    })

    it('makes every text of the API safe to show', () => {
      const evil = 'a\u001B[31mb\tc\nd\u202Ee'
      const token = {id: evil, name: evil, description: evil, scope: evil, createdAt: evil, createdBy: {id: evil}}
      expect(listRows([{token, role: evil}], NOW)[0]).to.deep.equal({
        ID: 'ab c d\uFFFDe',
        NAME: 'ab c d\uFFFDe',
        DESCRIPTION: 'ab c d\uFFFDe',
        SCOPE: 'ab c d\uFFFDe',
        DEPLOYMENT_ROLE: 'ab c d\uFFFDe',
        CREATED: '',
        'CREATED BY': 'ab c d\uFFFDe',
      })
    })
  })

  describe('tabSeparated', () => {
    const HEADER = 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY\n'

    it('is a header and a line for each row, spaces in names untouched', () => {
      expect(tabSeparated(listRows([{token: etl, role: 'Deploy Reader'}], NOW))).to.equal(
        `${HEADER}cltok1\tetl prod\tNightly load\tORGANIZATION\tDeploy Reader\t3 days ago\tJo Doe\n`,
      )
    })

    it('is the header alone where there is no row', () => {
      expect(tabSeparated([])).to.equal(HEADER)
    })

    it('has as many cells in a line as in the header, whatever the names hold', () => {
      const token = {...etl, name: 'a\tb\nc', description: '\t\t', createdBy: {id: '\r\n'}}
      const lines = tabSeparated(listRows([{token, role: undefined}], NOW)).split('\n')
      expect(lines).to.have.lengthOf(3)
      expect(lines[1]?.split('\t')).to.have.lengthOf(7)
      expect(lines[2]).to.equal('')
    })
  })
})
