import {ids} from '../astro-api/world.js'

const {deployments, tokens} = ids

/** What a run needs besides the seeded world. */
export type World = 'empty billing' | 'only role' | 'refused fields' | 'signed out' | 'used and rotated'

const on = (...names: readonly (keyof typeof deployments)[]) =>
  names.map((name) => `--deployment-id=${deployments[name]}`).join(' ')

/** The document that a command line prints with `--json`. */
export const PRINTED: readonly (readonly [document: string, line: string, world?: World])[] = [
  ['list', `list ${on('billing')}`, 'used and rotated'],
  ['list', `list ${on('billing')}`, 'empty billing'],
  // This one has a token that only has DAG roles.
  ['list', `list ${on('reports')}`],
  ['list-all-deployments', 'list --all-deployments', 'used and rotated'],
  ['list-all-deployments', 'list --all-deployments --role=no-such-role'],
  ['scoping', `add ${tokens.ciPipeline} ${on('reports')}`],
  // This one changes a role, and leaves one unchanged.
  ['scoping', `add ${tokens.deployBot} ${on('etlProd', 'etlStaging', 'billing')}`],
  ['scoping', `add ${tokens.deployBot} --all-deployments --dry-run`],
  ['scoping', `update ${tokens.nightlyTwin} ${on('billing')} --role=DEPLOYMENT_ADMIN`, 'used and rotated'],
  ['removal', `remove -n deploy-bot ${on('etlProd', 'reports')}`],
  ['removal', `remove ${tokens.deployBot} --all-deployments --dry-run`],
  ['removal', `remove ${tokens.deployBot} ${on('etlProd')}`],
  ['error', 'list --nonsense'],
  ['error', 'list'],
  ['error', `list ${on('billing')}`, 'signed out'],
  ['error', `list --deployment-id=clz27bn7xj8b7tfq7xkwo886x`],
  ['error', `remove ${tokens.deployBot} --all-deployments`],
  ['error', `remove ${tokens.nightlyTwin} ${on('billing')}`, 'only role'],
  ['error', `add -n ci-pipelin ${on('reports')}`],
  ['error', `add -n nightly ${on('reports')}`],
  ['error', `add ${tokens.ciPipeline} ${on('reports')} --role=DEPLOYMENT_ADMIM`],
  ['error', `add ${tokens.ciPipeline} ${on('reports')}`, 'refused fields'],
]
