import {expect} from 'chai'

import {type CommandIO} from '../../src/cli/command-io.js'
import {createProgress} from '../../src/cli/progress.js'
import {type ChangeFlags, type ChangeName, changeRoles} from '../../src/cli/role-change.js'
import {ORGANIZATION_TOKENS} from '../../src/lib/roles/scope.js'
import {createTokenScoping} from '../../src/lib/roles/service.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../lib/fake-astro-api.js'
import {serviceOptions} from '../lib/service-options.js'

const ONE = {'deployment-id': ['d1']}
const WARNING = 'Warning: The token name-of-a (a) expired on 2026-01-01.'

/** Changes the roles of the token `a`. Prompts pick the last choice and decline. */
async function change(name: ChangeName, flags: Partial<ChangeFlags>, isInteractive: boolean) {
  const api = fakeAstroApi({
    deployments: [{id: 'd1', name: 'etl'}],
    roles: ['DEPLOYMENT_ADMIN', 'Deploy Reader'].map((role) => ({name: role, scopeType: 'DEPLOYMENT'})),
    tokens: [organizationToken('a', [roleOnDeployment('d1', 'Deploy Reader')], {endAt: '2026-01-01T00:00:00Z'})],
  })
  const printed: string[] = []
  const scoping = createTokenScoping(api, serviceOptions())
  const io: CommandIO = {
    env: {},
    home: '',
    directory: undefined,
    userId: undefined,
    now: () => new Date('2026-02-01T00:00:00Z'),
    prompts: isInteractive
      ? {
          pick: async (_, choices) => choices.at(-1)?.value ?? '',
          confirm: async () => false,
          wereUsed: () => true,
          abort: () => false,
          isOpen: () => false,
        }
      : undefined,
    progress: createProgress(false, () => false),
    stderr: {write: (text) => printed.push(text)},
    printLine: (text) => printed.push(text),
    printWarning: (text) => printed.push(`Warning: ${text}`),
    openSession: async () => ({api, scope: ORGANIZATION_TOKENS, scoping, loginWorkspaceId: undefined}),
  }
  const result = await changeRoles(io, name, 'a', {'all-deployments': false, 'dry-run': false, yes: false, ...flags})
  return [...result.changes.map(({action}) => action), ...(result.settlement ? ['settled'] : []), ...printed]
}

const DEFAULT = 'No --role specified; updating to DEPLOYMENT_ADMIN.'

describe('a change of roles', () => {
  for (const [title, name, flags, isInteractive, expected] of [
    [
      'prompts for nothing if nothing would change',
      'update',
      {'all-deployments': true, role: 'Deploy Reader'},
      true,
      ['unchanged'],
    ],
    [
      'needs no confirmation for a dry run',
      'update',
      {'all-deployments': true, 'dry-run': true, role: 'DEPLOYMENT_ADMIN'},
      false,
      ['updated', WARNING],
    ],
    [
      'waits with --settle although nothing would change',
      'update',
      {'all-deployments': true, role: 'Deploy Reader', settle: 1},
      true,
      ['unchanged', 'settled', WARNING],
    ],
    ['prompts for the role of add if it prompted before', 'add', ONE, true, ['unchanged', WARNING]],
    ['uses the default role with --yes', 'update', {...ONE, yes: true}, true, ['updated', DEFAULT, WARNING]],
    ['uses the default role if the session is non-interactive', 'update', ONE, false, ['updated', DEFAULT, WARNING]],
  ] as const) {
    it(title, async () => {
      expect(await change(name, flags, isInteractive)).to.deep.equal(expected)
    })
  }
})
