import {expect} from 'chai'

import {type CommandIO} from '../../src/cli/command-io.js'
import {createProgress} from '../../src/cli/progress.js'
import {type Prompts} from '../../src/cli/prompts.js'
import {type ChangeFlags, type ChangeName, changeRoles} from '../../src/cli/role-change.js'
import {ORGANIZATION_TOKENS} from '../../src/lib/roles/token-scope.js'
import {createTokenScoping} from '../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../lib/fake-astro-api.js'
import {serviceOptions} from '../lib/service-options.js'
import {failureOf} from '../lib/support.js'

const MEMBER = {entityType: 'ORGANIZATION', entityId: 'o1', role: 'ORGANIZATION_MEMBER'}
const FLAGS: ChangeFlags = {'all-deployments': false, 'dry-run': false, yes: false}
const ALL: ChangeFlags = {...FLAGS, 'all-deployments': true}

/** Runs a change of the token `a`; prompts pick the last choice, and confirm as given, unless there are none. */
async function change(name: ChangeName, flags: ChangeFlags, {answer, id = 'a'}: {answer?: boolean; id?: string} = {}) {
  const api = fakeAstroApi({
    deployments: ['d1', 'd2'].map((one) => ({id: one, name: `name-of-${one}`})),
    roles: ['DEPLOYMENT_ADMIN', 'Deploy Reader'].map((one) => ({name: one, scopeType: 'DEPLOYMENT'})),
    tokens: [
      organizationToken('a', [MEMBER, roleOnDeployment('d1', 'Deploy Reader')], {endAt: '2026-01-01T00:00:00Z'}),
    ],
  })
  const printed: string[] = []
  const prompts: Prompts | undefined =
    answer === undefined
      ? undefined
      : {
          pick: async (_, choices) => choices.at(-1)?.value ?? '',
          async confirm(question) {
            printed.push(question)
            return answer
          },
          wereUsed: () => true,
          abort: () => false,
          isOpen: () => false,
        }
  const io: CommandIO = {
    env: {},
    home: '',
    directory: undefined,
    userId: undefined,
    now: () => new Date('2026-02-01T00:00:00Z'),
    prompts,
    progress: createProgress(false, () => false),
    stderr: {write: (text) => printed.push(text)},
    printLine: (text) => printed.push(text),
    printWarning: (text) => printed.push(`Warning: ${text}`),
    openSession: async () => ({
      api,
      scope: ORGANIZATION_TOKENS,
      scoping: createTokenScoping(api, serviceOptions()),
      loginWorkspaceId: undefined,
    }),
  }
  const result = await changeRoles(io, name, id, flags)
  return {api, printed, result}
}

describe('a change of roles', () => {
  it('of all Deployments shows the plan and asks in words that say what happens', async () => {
    const {printed, result} = await change('add', {...ALL, role: 'DEPLOYMENT_ADMIN'}, {answer: true})
    expect(printed.join('\n')).to.contain('would add').and.contain('Give name-of-a DEPLOYMENT_ADMIN on 2 Deployments?')
    expect(result.changes.map(({action}) => action)).to.deep.equal(['updated', 'added'])
  })

  it('is cancelled by no, with nothing written', async () => {
    const failure = await failureOf(async () => change('remove', ALL, {answer: false}))
    expect(failure.kind).to.equal('cancelled')
  })

  it('asks nothing if nothing would change', async () => {
    const {printed, result} = await change('update', {...ALL, role: 'Deploy Reader'}, {answer: false})
    expect(printed.join('\n')).not.to.contain('?')
    expect(result).to.deep.include({isDryRun: false})
  })

  it('needs --yes if the session is non-interactive', async () => {
    expect((await failureOf(async () => change('remove', ALL))).kind).to.equal('usage')
    const {result} = await change('remove', {...ALL, yes: true})
    expect(result.changes.map(({action}) => action)).to.deep.equal(['removed'])
  })

  it('prompts for the role, and uses the default without a prompt', async () => {
    const one = {...FLAGS, 'deployment-id': ['d1']}
    const prompted = await change('update', one, {answer: true})
    const added = await change('add', one, {answer: true})
    const silent = await change('update', one)
    const agreed = await change('update', {...one, yes: true}, {answer: true})
    expect(prompted.result.changes[0]).to.include({role: 'Deploy Reader'})
    expect(added.result.changes[0]).to.include({role: 'Deploy Reader'})
    expect(silent.printed).to.include('No --role specified; updating to DEPLOYMENT_ADMIN.')
    expect(agreed.result.changes[0]).to.include({role: 'DEPLOYMENT_ADMIN'})
  })

  it('warns of an expired token, with the date', async () => {
    const {printed} = await change('add', {...FLAGS, 'deployment-id': ['d2'], role: 'Deploy Reader'})
    expect(printed).to.include('Warning: The token name-of-a (a) expired on 2026-01-01.')
  })

  it('prompts for the Deployment if none is named', async () => {
    const {result} = await change('add', {...FLAGS, role: 'Deploy Reader'}, {answer: true})
    expect(result.changes).to.deep.equal([{action: 'added', deploymentId: 'd2', role: 'Deploy Reader'}])
    expect((await failureOf(async () => change('add', FLAGS))).kind).to.equal('usage')
  })
})
