import {ux} from '@oclif/core'
import {expect} from 'chai'
import nock from 'nock'

import List from '../../../../src/commands/deployment/organization-token/list.js'
import {
  API,
  DEPLOYMENT_ID,
  deploymentRole,
  OTHER_ROLES,
  page,
  ROOT,
  token,
  tokenEnv,
} from '../../../support/fixtures.js'
import {json, runCommand} from '../../../support/run-command.js'
import {until} from '../../../support/until.js'

describe('deployment organization-token list', () => {
  const env = tokenEnv()
  const argv = ['--deployment-id', DEPLOYMENT_ID]
  const threeDaysAgo = new Date(Date.now() - 3 * 86_400_000 - 60_000).toISOString()

  const tokens = [
    token([...OTHER_ROLES, deploymentRole('Deploy Reader')], {createdAt: threeDaysAgo}),
    token(OTHER_ROLES, {
      id: 'cltok2',
      name: 'two\twords\u001B[31m',
      description: '',
      createdAt: threeDaysAgo,
      createdBy: {id: 'clkey', subjectType: 'SERVICEKEY', apiTokenName: 'provisioner'},
      endAt: undefined,
    }),
    token([deploymentRole('DEPLOYMENT_ADMIN')], {id: 'cltok3', name: 'not of the Organization', scope: 'WORKSPACE'}),
  ]

  const answer = (items: readonly unknown[]) =>
    nock(API)
      .get(`${ROOT}/tokens`)
      .query({deploymentId: DEPLOYMENT_ID, limit: 1000, offset: 0, sorts: 'createdAt:asc'})
      .reply(200, page('tokens', items))

  afterEach(() => {
    nock.cleanAll()
  })

  it('writes lines with a header into a pipe, one request for them all, Organization tokens alone', async () => {
    const api = answer(tokens)

    const run = await runCommand(List, argv, {env})

    api.done()
    expect(run.exit).to.equal(0)
    expect(run.stderr).to.equal('')
    expect(run.stdout.split('\n').map((line) => line.split('\t'))).to.deep.equal([
      ['ID', 'NAME', 'DESCRIPTION', 'SCOPE', 'DEPLOYMENT_ROLE', 'CREATED', 'CREATED BY'],
      [
        'cltok0000000000000000001a',
        'etl-prod',
        'Runs the nightly load',
        'ORGANIZATION',
        'Deploy Reader',
        '3 days ago',
        'Jo Doe',
      ],
      ['cltok2', 'two words', '', 'ORGANIZATION', '', '3 days ago', 'provisioner'],
      [''],
    ])
  })

  it('draws a table on a terminal', async () => {
    answer(tokens)

    const run = await runCommand(List, argv, {env, terminal: true})

    const [header, rule, first] = run.stdout.split('\n').filter((line) => line.trim())
    expect(header).to.match(/ID +NAME +DESCRIPTION +SCOPE +DEPLOYMENT_ROLE +CREATED +CREATED BY/)
    expect(rule).to.match(/^[ ─]+$/)
    expect(first).to.match(/cltok0000000000000000001a +etl-prod .*Deploy Reader +3 days ago +Jo Doe/)
    expect(run.stdout).not.to.contain('not of the Organization')
  })

  it('names expired tokens on stderr, on a terminal and without an EXPIRES column only', async () => {
    const expired = [token([deploymentRole('r')], {endAt: new Date(Date.now() - 86_400_000).toISOString()})]
    for (let runs = 0; runs < 4; runs++) answer(expired)

    const shown = await runCommand(List, argv, {env, terminal: true})
    const withExpiry = await runCommand(List, [...argv, '--columns', 'name,expires'], {env, terminal: true})
    const asCsv = await runCommand(List, [...argv, '--csv'], {env, terminal: true})
    const piped = await runCommand(List, argv, {env})

    expect(shown.stderr).to.equal('The token etl-prod (cltok0000000000000000001a) expired 1 day ago.\n')
    expect(withExpiry.stdout).to.contain('expired 1 day ago')
    for (const {stderr} of [withExpiry, asCsv, piped]) expect(stderr).to.equal('')
  })

  it('draws a table of more than a hundred rows in its plain form', async () => {
    answer(Array.from({length: 101}, (_, index) => token([deploymentRole('r')], {id: `cl${index}`})))

    const run = await runCommand(List, argv, {env, terminal: true})

    expect(run.stdout).not.to.contain('─')
    expect(run.stdout.split('\n').filter((line) => line.includes('etl-prod'))).to.have.length(101)
  })

  it('prints the documented JSON, with the true texts', async () => {
    answer(tokens)

    const run = await runCommand(List, [...argv, '--json'], {env})

    expect(run.stdout).not.to.contain('\u001B')
    expect(json(run)).to.deep.equal({
      deployment_id: DEPLOYMENT_ID,
      tokens: [
        {
          id: 'cltok0000000000000000001a',
          name: 'etl-prod',
          description: 'Runs the nightly load',
          scope: 'ORGANIZATION',
          kind: 'STANDARD',
          role: 'Deploy Reader',
          created_at: threeDaysAgo,
          created_by: 'Jo Doe',
          updated_at: '2026-01-02T03:04:05Z',
          expires_at: '2027-01-02T03:04:05Z',
        },
        {
          id: 'cltok2',
          name: 'two\twords\u001B[31m',
          description: '',
          scope: 'ORGANIZATION',
          kind: 'STANDARD',
          role: '',
          created_at: threeDaysAgo,
          created_by: 'provisioner',
          updated_at: '2026-01-02T03:04:05Z',
        },
      ],
    })
  })

  it('succeeds where there is none, with an empty list and a hint on stderr', async () => {
    const others = [token([deploymentRole('r')], {scope: 'WORKSPACE'})]
    for (let runs = 0; runs < 3; runs++) answer(others)

    const piped = await runCommand(List, argv, {env})
    const shown = await runCommand(List, argv, {env, terminal: true})
    const asJson = await runCommand(List, [...argv, '--json'], {env})

    const hint = `No Organization token has a role on Deployment ${DEPLOYMENT_ID}.\n`
    expect(piped).to.deep.include({
      exit: 0,
      stderr: hint,
      stdout: 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY\n',
    })
    expect(shown).to.deep.include({exit: 0, stderr: hint, stdout: ''})
    expect(asJson).to.deep.include({exit: 0, stderr: ''})
    expect(json(asJson)).to.deep.equal({deployment_id: DEPLOYMENT_ID, tokens: []})
  })

  it('does not pass an unknown Deployment off as an empty one', async () => {
    const api = answer([])
    nock(API)
      .get(`${ROOT}/deployments`)
      .query({deploymentIds: DEPLOYMENT_ID, limit: 1000, offset: 0, sorts: 'createdAt:asc'})
      .reply(200, page('deployments', []))
    nock(API)
      .get(`${ROOT}/deployments`)
      .query({limit: 1000, offset: 0, sorts: 'createdAt:asc'})
      .reply(200, page('deployments', [{id: 'cldep0000000000000000001b', name: 'reports'}]))

    const run = await runCommand(List, [...argv, '--json'], {env})

    api.done()
    expect(run.exit).to.equal(3)
    expect(json(run)).to.deep.equal({
      error: {
        kind: 'not_found',
        message: `No Deployment has the ID ${DEPLOYMENT_ID}.`,
        exit: 3,
        hint: 'Did you mean cldep0000000000000000001b (reports)?',
        candidates: [{id: 'cldep0000000000000000001b', name: 'reports'}],
      },
    })
  })

  it('lists the tokens of every page', async () => {
    const all = Array.from({length: 2500}, (_, index) => token([deploymentRole('r')], {id: `cl${index}`}))
    for (const offset of [0, 999, 1998]) {
      nock(API)
        .get(`${ROOT}/tokens`)
        .query((query) => query.offset === String(offset))
        .reply(200, {tokens: all.slice(offset, offset + 1000), limit: 1000, offset, totalCount: all.length})
    }

    const run = await runCommand(List, [...argv, '--json'], {env})

    expect(json(run)).to.have.property('tokens').with.length(2500)
  })

  it('says on a terminal how many pages came of how many, where it takes long', async () => {
    const all = Array.from({length: 2500}, (_, index) => token([deploymentRole('r')], {id: `cl${index}`}))
    const seen: unknown[] = []
    const answers = [
      async () => until(() => true),
      async () => until(() => ux.action.status === '2 of 3 pages'),
      async () => until(() => ux.action.running),
    ]
    for (const [index, ready] of answers.entries()) {
      const offset = index * 999
      nock(API)
        .get(`${ROOT}/tokens`)
        .query((query) => query.offset === String(offset))
        .reply(200, async () => {
          await ready()
          seen.push([ux.action.task?.action, ux.action.status])
          return {tokens: all.slice(offset, offset + 1000), limit: 1000, offset, totalCount: all.length}
        })
    }

    const run = await runCommand(List, argv, {env, terminal: true})

    expect(run.exit).to.equal(0)
    expect(seen).to.deep.equal([
      [undefined, undefined],
      ['Reading tokens', '1 of 3 pages'],
      ['Reading tokens', '2 of 3 pages'],
    ])
    expect(ux.action.running).to.equal(false)
  })
})
