import {expect} from 'chai'

import {bigWorld, bigWorldId} from '../astro-api/big-world.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type CliRun, type Env, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {ownEnvFor, roleOn, rolesOf} from './support.js'

const {deployments, tokens, workspaces} = ids
const COMMAND = ['deployment', 'organization-token']
const DEPLOYMENTS = Array.from({length: 2000}, (_, index) => bigWorldId('deployment', index))
const TOKEN_ID = bigWorldId('token', 0)

function flagsFor(deploymentIds: readonly string[]): string[] {
  return deploymentIds.flatMap((id) => ['--deployment-id', id])
}

describe('many Deployments by one command', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  afterEach(async () => {
    const {violations} = api
    await api.close()
    expect(violations).to.deep.equal([])
  })

  const run = async (...argv: string[]): Promise<CliRun> => runCli([...COMMAND, ...argv], env)
  const operations = () => api.requests.map(({operationId}) => operationId)

  describe('of a large Organization', () => {
    beforeEach(async () => {
      api = await startAstroApi({world: bigWorld({tokens: 20, deployments: 2000, rolesPerToken: 3})})
      env = ownEnvFor(api)
    })

    it('adds a token to fifty by three requests, one of them a write', async () => {
      const before = rolesOf(api, TOKEN_ID)
      const fifty = DEPLOYMENTS.slice(100, 150)

      const result = await run('add', '-n', 'token-00001', ...flagsFor([...fifty, ...fifty]), '--json')

      expect(result.exit).to.equal(0)
      expect(actionsOf(result)).to.deep.equal(fifty.map((id) => [id, 'added']))
      expect(operations()).to.deep.equal(['listApiTokens', 'getApiToken', 'updateApiTokenRoles'])
      expect(rolesOf(api, TOKEN_ID)).to.deep.equal([...before, ...fifty.map((id) => roleOn(id, 'DEPLOYMENT_ADMIN'))])
    })

    it('adds, updates and removes on all of two thousand, by one write each', async () => {
      const before = rolesOf(api, TOKEN_ID)
      const others = before.filter(({entityType}) => entityType !== 'DEPLOYMENT')

      const added = await run('add', TOKEN_ID, '--all-deployments', '--yes', '--json')
      const requests = operations()
      const held = rolesOf(api, TOKEN_ID)
      const updated = await run('update', TOKEN_ID, '--all-deployments', '-y', '--role', 'Log Reader', '--json')
      const changed = rolesOf(api, TOKEN_ID)
      const removed = await run('remove', TOKEN_ID, '--all-deployments', '-y', '--json')

      expect([added.exit, updated.exit, removed.exit]).to.deep.equal([0, 0, 0])
      expect(requests).to.deep.equal([
        'listDeployments',
        'listDeployments',
        'listDeployments',
        'getApiToken',
        'updateApiTokenRoles',
      ])
      expect(held.slice(0, before.length)).to.deep.equal(before)
      expect(new Set(held.map(({entityId}) => entityId))).to.include.all.keys(DEPLOYMENTS)
      expect(changed).to.have.deep.members([...others, ...DEPLOYMENTS.map((id) => roleOn(id, 'Log Reader'))])
      expect(rolesOf(api, TOKEN_ID)).to.deep.equal(others)
      expect(operations().filter((operation) => operation === 'updateApiTokenRoles')).to.have.length(3)
    })
  })

  describe('of a small one', () => {
    beforeEach(async () => {
      api = await startAstroApi()
      env = ownEnvFor(api)
    })

    const inFinance = [deployments.reports, deployments.billing]

    it('means all of a Workspace when adding', async () => {
      const argv = ['add', tokens.deployBot, '--all-deployments', '--workspace-id', workspaces.finance, '--yes']
      const result = await run(...argv, '--json')

      expect(actionsOf(result)).to.deep.equal([
        [deployments.reports, 'updated'],
        [deployments.billing, 'added'],
      ])
      expect(rolesOf(api, tokens.deployBot)).to.deep.include(roleOn(deployments.etlStaging, 'Deploy Reader'))
    })

    it('means those of a Workspace where the token has a role when removing', async () => {
      const argv = ['remove', '-n', 'deploy-bot', '--all-deployments', '--workspace-id', workspaces.finance, '--yes']
      const result = await run(...argv)

      expect(result.stdout).to.equal(
        `Removed deploy-bot (${tokens.deployBot}) from Deployment reports (${deployments.reports}), where its role was Deploy Operator.\n`,
      )
      expect(rolesOf(api, tokens.deployBot).map(({entityId}) => entityId)).to.deep.equal([
        ids.organization,
        deployments.etlProd,
        deployments.etlStaging,
      ])
    })

    for (const command of ['update', 'remove']) {
      it(`does not find anything to ${command} where the token has no role`, async () => {
        const result = await run(command, tokens.ciPipeline, '--all-deployments', '--yes', '--json')

        expect(result.exit).to.equal(3)
        expect(json(result)).to.have.nested.property('error.kind', 'not_found')
      })

      it(`names every Deployment on which there is nothing to ${command}, and writes nothing`, async () => {
        const argv = [command, tokens.deployBot, ...flagsFor([deployments.etlProd, ...inFinance, deployments.sandbox])]
        const result = await run(...argv, '--json')

        expect(result.exit).to.equal(3)
        expect(json(result)).to.have.nested.property(
          'error.message',
          `The token "deploy-bot" has no role on Deployments ${deployments.billing}, ${deployments.sandbox}.`,
        )
        expect(operations()).not.to.include('updateApiTokenRoles')
      })
    }

    it('names those without a role and those that do not exist, where both are given', async () => {
      const result = await run('update', tokens.deployBot, ...flagsFor([deployments.billing, 'clnone1']), '--json')

      expect(json(result)).to.have.nested.property(
        'error.message',
        `The token "deploy-bot" has no role on Deployments ${deployments.billing}, clnone1. No Deployment has the ID clnone1.`,
      )
    })

    it('means the one of several tokens of a name that has a role there', async () => {
      const all = await run('update', '-n', 'nightly', '--all-deployments', '--yes', '--role', 'Log Reader')
      const one = await run('remove', '-n', 'nightly', ...flagsFor([deployments.reports]), '--json')
      const both = await run('remove', '-n', 'nightly', ...flagsFor(inFinance), '--json')
      const [other, first] = inFinance
      const reversed = await run('remove', '-n', 'nightly', ...flagsFor([first ?? '', other ?? '']), '--json')

      expect(all.stdout).to.contain(`Updated nightly (${tokens.nightlyTwin})`)
      expect([one.exit, both.exit, reversed.exit]).to.deep.equal([3, 3, 3])
      for (const result of [both, reversed]) {
        expect(json(result)).to.have.nested.property(
          'error.message',
          `The token "nightly" has no role on Deployment ${deployments.reports}.`,
        )
      }
    })

    it('names every Deployment that does not exist, and adds none', async () => {
      const before = rolesOf(api, tokens.ciPipeline)
      const result = await run(
        'add',
        tokens.ciPipeline,
        ...flagsFor(['clnone1', deployments.etlProd, 'clnone2']),
        '--json',
      )

      expect(result.exit).to.equal(3)
      expect(json(result)).to.have.nested.property('error.message', 'No Deployment has the ID clnone1, clnone2.')
      expect(rolesOf(api, tokens.ciPipeline)).to.deep.equal(before)
    })

    describe('with --dry-run', () => {
      const cases: readonly [string, readonly string[]][] = [
        ['add', ['add', tokens.deployBot, ...flagsFor(inFinance)]],
        ['update', ['update', tokens.deployBot, '--all-deployments', '--role', 'Log Reader', '--yes']],
        ['remove', ['remove', '-n', 'deploy-bot', ...flagsFor([deployments.reports])]],
        ['add where nothing changes', ['add', tokens.deployBot, ...flagsFor([deployments.etlProd])]],
        ['add of an unknown role', ['add', tokens.deployBot, '--role', 'Nobody', ...flagsFor(inFinance)]],
        ['add to an unknown Deployment', ['add', tokens.deployBot, ...flagsFor(['clnone1'])]],
        ['update where there is no role', ['update', tokens.ciPipeline, ...flagsFor(inFinance)]],
        ['remove of all roles', ['remove', 'clonly', ...flagsFor([deployments.reports])]],
      ]

      for (const [what, argv] of cases) {
        it(`reports ${what} as the real run would, and writes nothing`, async () => {
          const template = api.world.tokens.find(({id}) => id === tokens.deployBot)
          if (template) api.world.tokens.push({...template, id: 'clonly', roles: [roleOn(deployments.reports, 'r')]})
          const before = structuredClone(api.world.tokens)

          const dry = await run(...argv, '--dry-run', '--json')
          const written = operations().filter((operation) => operation === 'updateApiTokenRoles')
          const unchanged = structuredClone(api.world.tokens)
          const real = await run(...argv, '--json')

          expect(written).to.deep.equal([])
          expect(unchanged).to.deep.equal(before)
          expect(dry.exit).to.equal(real.exit)
          expect(comparable(dry)).to.deep.equal(comparable(real))
        })
      }

      it('speaks in the conditional', async () => {
        const result = await run('add', tokens.deployBot, ...flagsFor([...inFinance, deployments.etlProd]), '--dry-run')

        const name = `deploy-bot (${tokens.deployBot})`
        expect(result).to.deep.equal({
          exit: 0,
          stderr: '',
          stdout:
            `Would update ${name} on Deployment ${deployments.reports}: Deploy Operator → DEPLOYMENT_ADMIN.\n` +
            `Would add ${name} to Deployment ${deployments.billing} as DEPLOYMENT_ADMIN.\n` +
            `${name} already has DEPLOYMENT_ADMIN on Deployment ${deployments.etlProd}. Nothing would change.\n`,
        })
      })

      it('needs no answer for all Deployments', async () => {
        const result = await run('remove', tokens.deployBot, '--all-deployments', '--dry-run')

        expect(result.exit).to.equal(0)
        expect(result.stdout.match(/^Would remove/gm)).to.have.length(3)
        expect(operations()).not.to.include('updateApiTokenRoles')
      })
    })

    it('does not go together with --deployment-id', async () => {
      const result = await run('add', tokens.deployBot, '--all-deployments', ...flagsFor(inFinance), '--json')

      expect(result.exit).to.equal(2)
      expect(json(result)).to.have.nested.property('error.kind', 'usage')
      expect(operations()).to.deep.equal([])
    })
  })
})

interface Document {
  readonly dry_run?: boolean
  readonly error?: {readonly kind: string; readonly exit: number}
  readonly deployments?: readonly {readonly action: string; readonly deployment_id: string}[]
}

/** Each Deployment of a result with what became of it there. */
function actionsOf(result: CliRun): string[][] {
  const {deployments: changed = []} = json(result) as Document
  return changed.map((change) => [change.deployment_id, change.action])
}

/** A result without the mark of a dry run, or an error without what only a refused write has. */
function comparable(result: CliRun): unknown {
  const {error, ...rest} = json(result) as Document
  return error ? {kind: error.kind, exit: error.exit} : {...rest, dry_run: undefined}
}
