import {expect} from 'chai'
import nock from 'nock'

import Add from '../../../../src/commands/deployment/organization-token/add.js'
import List from '../../../../src/commands/deployment/organization-token/list.js'
import Update from '../../../../src/commands/deployment/organization-token/update.js'
import {
  API,
  apiToken,
  DEPLOYMENT_ID,
  deploymentRole,
  OTHER_ROLES,
  page,
  ROOT,
  token,
  TOKEN_ID,
  tokenEnv,
} from '../../../support/fixtures.js'
import {json, type Run, runCommand} from '../../../support/run-command.js'

function tokens(items: readonly unknown[], query: Record<string, string>): void {
  nock(API).get(`${ROOT}/tokens`).query(query).reply(200, page('tokens', items))
}

describe('refusals', () => {
  const env = tokenEnv()
  const onDeployment = ['--deployment-id', DEPLOYMENT_ID]

  afterEach(() => {
    nock.cleanAll()
  })

  describe('before anything is sent', () => {
    const cases: readonly [string, readonly string[], RegExp][] = [
      ['no token', onDeployment, /No token specified/],
      ['no Deployment', [TOKEN_ID], /No Deployment specified/],
      ['a token named twice', [TOKEN_ID, '-n', 'x', ...onDeployment], /specified twice/],
      ['an ID with a path in it', ['../users/x', ...onDeployment], /TOKEN-ID is not an ID: "\.\.\/users\/x"/],
      ['an ID with a query in it', [`${TOKEN_ID}?a=b`, ...onDeployment], /TOKEN-ID is not an ID/],
      ['an empty ID', ['', ...onDeployment], /TOKEN-ID is empty/],
      ['an empty name', ['-n', '', ...onDeployment], /--org-token-name is empty/],
      ['an empty role', [TOKEN_ID, '-r', ' ', ...onDeployment], /--role is empty/],
      ['an empty Deployment', [TOKEN_ID, '--deployment-id', ''], /--deployment-id is empty/],
      ['a Deployment that is no ID', [TOKEN_ID, '--deployment-id', 'a/b'], /--deployment-id is not an ID/],
      ['an unknown flag', [TOKEN_ID, ...onDeployment, '--rol', 'x'], /Nonexistent flag: --rol/],
      ['a flag without its value', [TOKEN_ID, '--deployment-id'], /--deployment-id expects a value/],
      ['an argument too many', [TOKEN_ID, 'another', ...onDeployment], /Unexpected argument: another/],
    ]

    for (const [title, argv, message] of cases) {
      it(`refuses ${title} as a usage error, with the same exit as JSON`, async () => {
        const plain = await runCommand(Add, argv, {env})
        const asJson = await runCommand(Add, ['--json', ...argv], {env})

        expect(plain).to.deep.include({exit: 2, stdout: ''})
        expect(plain.stderr).to.match(message)
        expect(plain.error).to.deep.include({oclif: {exit: 2}, skipOclifErrorHandling: true})
        expect(asJson).to.deep.include({exit: 2, stderr: ''})
        expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
        expect(json(asJson)).to.have.nested.property('error.hint').with.length.above(10)
      })
    }

    it('suggests the flag that a mistyped flag is close to', async () => {
      const run = await runCommand(Add, ['--dry-rum', 'x'], {env})

      expect(run.stderr).to.equal(
        'Error: Nonexistent flag: --dry-rum\n' +
          'Did you mean --dry-run? See the flags: astro deployment organization-token add --help\n',
      )
    })

    it('points to the help for a flag that is close to none', async () => {
      const run = await runCommand(Add, ['--zzzzzzzzzz', 'x'], {env})

      expect(run.stderr).to.equal(
        'Error: Nonexistent flag: --zzzzzzzzzz\nSee the flags: astro deployment organization-token add --help\n',
      )
    })

    for (const [name, word] of [
      ['ci-pipeline', 'ci-pipeline'],
      ["it's mine", String.raw`'it'\''s mine'`],
    ] as const) {
      it(`says how to use a name when TOKEN-ID is ${name}`, async () => {
        const run = await runCommand(Add, [name, ...onDeployment], {env})

        expect(run.exit).to.equal(2)
        expect(run.stderr).to.contain(`astro deployment organization-token add --org-token-name ${word}\n`)
      })
    }

    it('does not repeat a credential that was given as a flag', async () => {
      const secret = apiToken()

      const run = await runCommand(Add, [`--tokn=${secret}`, '--json'], {env})

      expect(run.exit).to.equal(2)
      expect(run.stdout + run.stderr).not.to.contain(secret)
    })

    it('refuses to go on without a credential', async () => {
      const run = await runCommand(List, [...onDeployment, '--json'])

      expect(run.exit).to.equal(4)
      expect(json(run)).to.deep.equal({
        error: {
          kind: 'unauthenticated',
          message: 'Not authenticated to astronomer.io.',
          exit: 4,
          hint: 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer.io',
        },
      })
    })

    for (const value of [apiToken({exp: 1_000_000_000}), 'not.a.token', 'secret-in-the-wrong-variable']) {
      it(`refuses an API token that has expired or is none, and does not repeat it: ${value.slice(0, 8)}`, async () => {
        const run = await runCommand(List, onDeployment, {env: {...env, ASTRO_API_TOKEN: value}})

        expect(run.exit).to.equal(4)
        expect(run.stderr).not.to.contain(value)
      })
    }

    it('refuses a domain that is not Astro', async () => {
      const run = await runCommand(List, [...onDeployment, '--json'], {
        env: {...env, ASTRO_DOMAIN: 'astronomer.io.evil.example'},
      })

      expect(run.exit).to.equal(2)
      expect(json(run)).to.have.nested.property('error.kind', 'unsupported')
    })
  })

  describe('by what the API has', () => {
    const organizationAlone = {
      includeOnlyOrganizationTokens: 'true',
      limit: '1000',
      offset: '0',
      sorts: 'createdAt:asc',
    }
    const everyScope = {limit: '1000', offset: '0', sorts: 'createdAt:asc'}

    it('names the closest tokens where none has the name', async () => {
      const all = [token([]), token([], {id: 'cltok2', name: 'reporting'})]
      tokens(all, organizationAlone)
      tokens(all, everyScope)

      const run = await runCommand(Add, ['-n', 'etl-prd', ...onDeployment, '--json'], {env})

      expect(run.exit).to.equal(3)
      expect(json(run)).to.deep.equal({
        error: {
          kind: 'not_found',
          message: 'No Organization token is named "etl-prd".',
          exit: 3,
          hint: `Did you mean "etl-prod" (${TOKEN_ID})?`,
          candidates: [{id: TOKEN_ID, name: 'etl-prod'}],
        },
      })
    })

    it('says what a token of that name is when it is not of the Organization', async () => {
      tokens([token([], {scope: 'WORKSPACE', name: 'other'})], organizationAlone)
      tokens([token([], {scope: 'WORKSPACE'})], everyScope)

      const run = await runCommand(Add, ['-n', 'etl-prod', ...onDeployment], {env})

      expect(run.exit).to.equal(3)
      expect(run.stderr).to.contain('is a token of scope WORKSPACE, not an Organization token')
    })

    it('lists the IDs where two tokens have the name', async () => {
      tokens([token([]), token([], {id: 'cltok2'})], organizationAlone)

      const run = await runCommand(Add, ['-n', 'etl-prod', ...onDeployment, '--json'], {env})

      expect(run.exit).to.equal(2)
      expect(json(run)).to.have.nested.property('error.kind', 'ambiguous')
      expect(json(run)).to.have.deep.nested.property('error.candidates', [
        {id: TOKEN_ID, name: 'etl-prod'},
        {id: 'cltok2', name: 'etl-prod'},
      ])
    })

    it('names an ID that no token has', async () => {
      nock(API)
        .get(`${ROOT}/tokens/${TOKEN_ID}`)
        .reply(404, {message: 'token not found', requestId: 'req-1', statusCode: 404})

      const run = await runCommand(Add, [TOKEN_ID, ...onDeployment, '--json'], {env})

      expect(run.exit).to.equal(3)
      expect(json(run)).to.have.deep.nested.property('error', {
        kind: 'not_found',
        message: `No Organization token has the ID ${TOKEN_ID}.`,
        exit: 3,
        hint: 'List the Organization tokens with the Astro CLI: astro organization token list',
        status: 404,
        request_id: 'req-1',
      })
    })

    it('says what a token of that ID is when it is not of the Organization', async () => {
      nock(API)
        .get(`${ROOT}/tokens/${TOKEN_ID}`)
        .reply(200, token([], {scope: 'DEPLOYMENT'}))

      const run = await runCommand(Update, [TOKEN_ID, ...onDeployment], {env})

      expect(run.exit).to.equal(3)
      expect(run.stderr).to.contain('is a token of scope DEPLOYMENT')
    })

    it('names a Deployment that does not exist, when the write is refused for it', async () => {
      nock(API).get(`${ROOT}/tokens/${TOKEN_ID}`).reply(200, token(OTHER_ROLES))
      nock(API)
        .post(`${ROOT}/tokens/${TOKEN_ID}/roles`)
        .reply(404, {message: 'deployment not found', requestId: 'req-2', statusCode: 404})
      nock(API)
        .get(`${ROOT}/deployments`)
        .query((query) => 'deploymentIds' in query)
        .reply(200, page('deployments', []))
      nock(API)
        .get(`${ROOT}/deployments`)
        .query((query) => !('deploymentIds' in query))
        .reply(200, page('deployments', [{id: 'cldep0000000000000000001z', name: 'etl'}]))

      const run = await runCommand(Add, [TOKEN_ID, ...onDeployment, '--json'], {env})

      expect(run.exit).to.equal(3)
      expect(json(run)).to.have.deep.nested.property('error', {
        kind: 'not_found',
        message: `No Deployment has the ID ${DEPLOYMENT_ID}.`,
        exit: 3,
        hint: 'Did you mean cldep0000000000000000001z (etl)?',
        status: 404,
        request_id: 'req-2',
        candidates: [{id: 'cldep0000000000000000001z', name: 'etl'}],
      })
    })

    it('shows field errors, the request ID and the API’s own words of a refusal', async () => {
      nock(API)
        .get(`${ROOT}/tokens/${TOKEN_ID}`)
        .reply(200, token([deploymentRole('Deploy Reader')]))
      const fieldErrors = [{code: 'min', field: 'roles', message: 'too short'}]
      nock(API)
        .post(`${ROOT}/tokens/${TOKEN_ID}/roles`)
        .reply(400, {message: 'bad \u001B[31mrequest', requestId: 'req-3', statusCode: 400, fieldErrors})
      nock(API)
        .get(`${ROOT}/deployments`)
        .query(true)
        .reply(200, page('deployments', [{id: DEPLOYMENT_ID, name: 'etl'}]))

      const run = await runCommand(Add, [TOKEN_ID, ...onDeployment], {env})

      expect(run.exit).to.equal(1)
      expect(run.stderr).to.equal(
        'Error: The Astro API rejected the request: bad request; roles: too short\n' +
          'Check the values that you passed. If they are right, quote the request ID to support\nRequest ID: req-3\n',
      )
    })

    const outcomes: readonly [number, number, string][] = [
      [401, 4, 'unauthenticated'],
      [403, 4, 'forbidden'],
      [418, 1, 'api'],
      [302, 1, 'api'],
    ]
    for (const [status, exit, kind] of outcomes) {
      it(`takes status ${status} for ${kind}`, async () => {
        nock(API)
          .get(`${ROOT}/tokens/${TOKEN_ID}`)
          .reply(status, {message: 'no', requestId: 'r', statusCode: status}, {location: 'https://elsewhere.example/'})

        const run: Run = await runCommand(Add, [TOKEN_ID, ...onDeployment, '--json'], {env})

        expect(run.exit).to.equal(exit)
        expect(json(run)).to.deep.nested.include({'error.kind': kind, 'error.status': status, 'error.exit': exit})
      })
    }

    for (const body of [
      '<html>proxy</html>',
      '[]',
      '{"tokens":"none","totalCount":1}',
      '{"tokens":[{}],"totalCount":1}',
    ]) {
      it(`takes an answer of another shape for an api error: ${body}`, async () => {
        nock(API).get(`${ROOT}/tokens`).query(true).reply(200, body)

        const run = await runCommand(List, [...onDeployment, '--json'], {env})

        expect(run.exit).to.equal(1)
        expect(json(run)).to.have.nested.property('error.kind', 'api')
      })
    }
  })
})
