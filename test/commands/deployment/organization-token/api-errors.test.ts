import {expect} from 'chai'

import {ids, roleOnDeployment, type WorldToken} from '../../../astro-api/world.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {deployments, tokens} = ids
const {etlProd, mlTraining, sandbox} = deployments
const {ciPipeline, dataQuality, nightly, nightlyTwin, workspaceLoader} = tokens
const onEtl = ['--deployment-id', etlProd]
const onTraining = [dataQuality, '--deployment-id', mlTraining]
const LIKE_ETL = etlProd.replace('cly', 'clz')
const LIKE_SANDBOX = `${sandbox}x`
const EXITS = {ambiguous: 2, conflict: 5, invalid_request: 1, not_found: 3} as const

const on = createEmulated()
const setRoles = (roles: WorldToken['roles']) => Object.assign(on.token(dataQuality), {roles})

interface ErrorCase {
  readonly title: string
  /** Changes the emulated API. */
  readonly given?: () => unknown
  readonly command?: 'list' | 'remove'
  readonly argv: readonly string[]
  readonly kind?: keyof typeof EXITS
  readonly message: string
  readonly hint: string
  /** The other fields of the error. */
  readonly more?: object
  readonly sent?: readonly string[]
}

const CASES: readonly ErrorCase[] = [
  {
    title: 'names the tokens with the closest names',
    argv: ['-n', 'data-qality', ...onEtl],
    message: 'No Organization token is named "data-qality".',
    hint: `Did you mean "data-quality" (${dataQuality})?`,
    more: {candidates: [{id: dataQuality, name: 'data-quality'}]},
  },
  {
    title: 'lists the IDs of two tokens with one name',
    argv: ['-n', 'nightly', ...onEtl],
    kind: 'ambiguous',
    message: '2 Organization tokens are named "nightly".',
    hint: `Use the ID instead of the name: ${nightly} or ${nightlyTwin}`,
    more: {candidates: [nightly, nightlyTwin].map((id) => ({id, name: 'nightly'}))},
  },
  {
    title: 'names an ID that no token has',
    argv: ['cltok0', ...onEtl],
    message: 'No Organization token has the ID cltok0.',
    hint: 'List the Organization tokens with the Astro CLI: astro organization token list',
    more: {status: 404, request_id: 'emulator-000001'},
  },
  {
    title: 'says that a token is of scope WORKSPACE',
    argv: ['-n', 'workspace-loader', ...onEtl],
    message: `"workspace-loader" (${workspaceLoader}) is a token of scope WORKSPACE, not an Organization token.`,
    hint: 'Manage its roles in the scope where it was created',
  },
  {
    title: 'names an unknown Deployment when the write is rejected for it',
    argv: [ciPipeline, '--deployment-id', LIKE_ETL],
    message: `No Deployment has the ID ${LIKE_ETL}.`,
    hint: `Did you mean ${etlProd} (etl-prod)?`,
    more: {status: 404, request_id: 'emulator-000002', candidates: [{id: etlProd, name: 'etl-prod'}]},
  },
  {
    title: 'names an unknown Deployment although the API lists no tokens for it',
    given() {
      on.api.inject({operationId: 'listApiTokens', action: {kind: 'body', body: '{"tokens": [], "totalCount": 0}'}})
    },
    command: 'list',
    argv: ['--deployment-id', LIKE_SANDBOX],
    message: `No Deployment has the ID ${LIKE_SANDBOX}.`,
    hint: `Did you mean ${sandbox} (sandbox)?`,
    more: {candidates: [{id: sandbox, name: 'sandbox'}]},
    sent: [
      `GET tokens?deploymentId=${LIKE_SANDBOX}&${PAGE}`,
      `GET deployments?deploymentIds=${LIKE_SANDBOX}&${PAGE}`,
      `GET deployments?${PAGE}`,
    ],
  },
  {
    title: 'lists the roles that exist if the API rejects the role',
    argv: [ciPipeline, ...onEtl, '--role', 'Deploy Raeder'],
    message: 'No Deployment role is named "Deploy Raeder".',
    hint: 'Did you mean "Deploy Reader"? Other Deployment roles: DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN, Deploy Operator, Log Reader',
    more: {
      status: 400,
      request_id: 'emulator-000002',
      candidates: ['Deploy Reader', 'Deploy Operator', 'Log Reader', 'DEPLOYMENT_ACCESSOR', 'DEPLOYMENT_ADMIN'].map(
        (name) => ({name}),
      ),
    },
    sent: [
      `GET tokens/${ciPipeline}`,
      `POST tokens/${ciPipeline}/roles`,
      'GET roles?includeDefaultRoles=true&limit=1000&scopeTypes=DEPLOYMENT&offset=0',
    ],
  },
  {
    title: 'never leaves a token without any role',
    given: () => setRoles([roleOnDeployment(mlTraining, 'Deploy Reader')]),
    command: 'remove',
    argv: onTraining,
    kind: 'conflict',
    message: 'This would remove the last role of the token. A token must keep at least one role.',
    hint: `To delete the token instead, use the Astro CLI: astro organization token delete ${dataQuality}`,
    sent: [`GET tokens/${dataQuality}`],
  },
  {
    title: 'says that a token only has DAG roles on the Deployment',
    given: () => setRoles(on.roles(dataQuality).filter(({entityId}) => entityId !== mlTraining)),
    command: 'remove',
    argv: onTraining,
    message: `The token "data-quality" has no role on Deployment ${mlTraining}. It only has roles on DAGs there.`,
    hint: 'See where it has a role: astro deployment organization-token list --all-deployments',
  },
  {
    title: 'hints at the update that keeps DAG roles if Astro rejects a removal for them',
    given: () => Object.assign(on.api.world, {needsAccessors: true}),
    command: 'remove',
    argv: onTraining,
    kind: 'invalid_request',
    message: `The Astro API rejected the request: Roles on DAGs need a role on DEPLOYMENT ${mlTraining}`,
    hint: `Roles on DAGs may need a role on the Deployment. To keep them: astro deployment organization-token update ${dataQuality} --role DEPLOYMENT_ACCESSOR --deployment-id ${mlTraining}`,
    more: {status: 400, request_id: 'emulator-000002'},
  },
]

describe('errors from what the API has', () => {
  beforeEach(on.start)

  afterEach(on.stop)

  for (const {argv, command = 'add', given, hint, kind = 'not_found', message, more, sent, title} of CASES) {
    it(title, async () => {
      given?.()
      const exit = EXITS[kind]
      expect(await on.runJson(command, argv)).to.deep.equal([exit, {error: {kind, message, exit, hint, ...more}}])
      if (sent) expect(on.sent()).to.deep.equal(sent)
    })
  }
})
