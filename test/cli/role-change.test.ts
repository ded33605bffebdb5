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
const READER = {role: 'Deploy Reader'}
const ALL = {'all-deployments': true}
const ONE = {'deployment-id': ['d1']}
const EXPIRED = {endAt: '2026-01-01T00:00:00Z'}
const pick: Prompts['pick'] = async (_, choices) => choices.at(-1)?.value ?? ''

/** Changes the roles of the token `a`. Prompts pick the last choice and get this answer; without one, there are none. */
async function change(name: ChangeName, flags: Partial<ChangeFlags>, answer?: boolean) {
  const api = fakeAstroApi({
    deployments: ['d1', 'd2'].map((id) => ({id, name: `name-of-${id}`})),
    roles: ['DEPLOYMENT_ADMIN', 'Deploy Reader'].map((role) => ({name: role, scopeType: 'DEPLOYMENT'})),
    tokens: [organizationToken('a', [MEMBER, roleOnDeployment('d1', 'Deploy Reader')], EXPIRED)],
  })
  const printed: string[] = []
  const confirm = async (question: string) => {
    printed.push(question)
    return answer ?? false
  }

  const prompts: Prompts = {pick, confirm, wereUsed: () => true, abort: () => false, isOpen: () => false}
  const scoping = createTokenScoping(api, serviceOptions())
  const io: CommandIO = {
    env: {},
    home: '',
    directory: undefined,
    userId: undefined,
    now: () => new Date('2026-02-01T00:00:00Z'),
    prompts: answer === undefined ? undefined : prompts,
    progress: createProgress(false, () => false),
    stderr: {write: (text) => printed.push(text)},
    printLine: (text) => printed.push(text),
    printWarning: (text) => printed.push(`Warning: ${text}`),
    openSession: async () => ({api, scope: ORGANIZATION_TOKENS, scoping, loginWorkspaceId: undefined}),
  }
  const all = {'all-deployments': false, 'dry-run': false, yes: false, ...flags}
  const {changes, isDryRun} = await changeRoles(io, name, 'a', all)
  const results = changes.map((one) => [one.action, one.deploymentId, 'role' in one ? one.role : ''].join(' '))
  return {isDryRun, printed: printed.join('\n'), results}
}

describe('a change of roles', () => {
  it('shows the plan for all Deployments, and prompts in words that state what happens', async () => {
    const {printed, results} = await change('add', {...ALL, role: 'DEPLOYMENT_ADMIN'}, true)
    expect(printed).to.match(/would add[^]*^Give name-of-a DEPLOYMENT_ADMIN on 2 Deployments\?$/m)
    expect(results).to.deep.equal(['updated d1 DEPLOYMENT_ADMIN', 'added d2 DEPLOYMENT_ADMIN'])
  })

  it('prompts for nothing if nothing would change', async () => {
    const {isDryRun, printed} = await change('update', {...ALL, ...READER}, false)
    expect({isDryRun, printed}).to.deep.equal({isDryRun: false, printed: ''})
  })

  for (const [title, kind, flags, answer] of [
    ['is cancelled if the user declines', 'cancelled', ALL, false],
    ['needs --yes for all Deployments if the session is non-interactive', 'usage', ALL, undefined],
    ['needs a Deployment if the session is non-interactive', 'usage', {}, undefined],
  ] as const) {
    it(title, async () => {
      expect((await failureOf(async () => change('remove', flags, answer))).kind).to.equal(kind)
    })
  }

  for (const [title, name, flags, answer, result] of [
    ['changes all Deployments with --yes', 'remove', {...ALL, yes: true}, undefined, 'removed d1 '],
    ['prompts for the Deployment', 'add', READER, true, 'added d2 Deploy Reader'],
    ['prompts for the role of update', 'update', ONE, true, 'unchanged d1 Deploy Reader'],
    ['prompts for the role of add if it prompted before', 'add', ONE, true, 'unchanged d1 Deploy Reader'],
    ['uses the default role without a prompt', 'update', ONE, undefined, 'updated d1 DEPLOYMENT_ADMIN'],
    ['uses the default role with --yes', 'update', {...ONE, yes: true}, true, 'updated d1 DEPLOYMENT_ADMIN'],
  ] as const) {
    it(title, async () => {
      expect((await change(name, flags, answer)).results).to.deep.equal([result])
    })
  }

  it('reports the default role of update, and the expiry of the token', async () => {
    expect((await change('update', ONE)).printed).to.equal(
      'No --role specified; updating to DEPLOYMENT_ADMIN.\nWarning: The token name-of-a (a) expired on 2026-01-01.',
    )
  })
})
