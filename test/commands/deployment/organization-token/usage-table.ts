import {ids} from '../../../astro-api/world.js'

const onEtl = ['--deployment-id', ids.deployments.etlProd]
const TOKEN_ID = ids.tokens.ciPipeline

type Case = readonly [title: string, argv: readonly string[], words: RegExp]

/** Usage errors of add. */
export const ADD_CASES: readonly Case[] = [
  ['no token', onEtl, /No token specified/],
  ['no Deployment', [TOKEN_ID], /No Deployment specified/],
  ['a token by ID and by name', [TOKEN_ID, '-n', 'x', ...onEtl], /specified twice/],
  ['an ID with a path in it', ['../users/x', ...onEtl], /TOKEN-ID is not an ID: "\.\.\/users\/x"/],
  ['an ID with a query in it', [`${TOKEN_ID}?a=b`, ...onEtl], /TOKEN-ID is not an ID/],
  ['an empty ID', ['', ...onEtl], /TOKEN-ID is empty/],
  ['an empty name', ['-n', '', ...onEtl], /--org-token-name is empty/],
  ['an empty role', [TOKEN_ID, '-r', ' ', ...onEtl], /--role is empty/],
  ['an empty Deployment', [TOKEN_ID, '--deployment-id', ''], /--deployment-id is empty/],
  ['a Deployment that is no ID', [TOKEN_ID, '--deployment-id', 'a/b'], /--deployment-id is not an ID/],
  ['an unknown flag', [TOKEN_ID, ...onEtl, '--rol', 'x'], /Nonexistent flag: --rol/],
  ['a flag without its value', [TOKEN_ID, '--deployment-id'], /--deployment-id expects a value/],
  ['a surplus argument', [TOKEN_ID, 'another', ...onEtl], /Unexpected argument: another/],
]

/** Usage errors of list. */
export const LIST_CASES: readonly Case[] = [
  ['an unknown column', [...onEtl, '--columns', 'id,owner'], /no column "owner"\. Columns: ID, NAME, DES/],
  ['an unknown sort column', [...onEtl, '--sort', '-nme'], /no column "nme"\. Columns: ID[^]*Did you mean NAME\?/],
  ['no column', [...onEtl, '--columns', ''], /no column ""/],
  ['a column of the other view', [...onEtl, '--columns', 'deployment_id'], /no column "deployment_id"/],
  ['--sort without a column', [...onEtl, '--sort', '--csv'], /--sort expects a value/],
  ['--columns with --json', [...onEtl, '--columns', 'id', '--json'], /--columns cannot be combined with --json/],
  ['--csv with --json', [...onEtl, '--csv', '--json'], /--csv cannot be combined with --json/],
  ['--no-header with --json', [...onEtl, '--no-header', '--json'], /--no-header cannot be combined with --json/],
  ['--all-deployments with --deployment-id', [...onEtl, '--all-deployments'], /--deployment-id/],
  ['a name without --all-deployments', [...onEtl, '-n', 'etl'], /--org-token-name requires --all-deployments/],
  ['a role without --all-deployments', [...onEtl, '-r', 'r'], /--role requires --all-deployments/],
  ['an argument', [...onEtl, 'etl', 'prod'], /list takes no argument: etl prod\./],
  ['an empty name', ['--all-deployments', '-n', ' '], /--org-token-name is empty/],
  ['an empty role', ['--all-deployments', '-r', ''], /--role is empty/],
  ['a Workspace that is no ID', ['--all-deployments', '--workspace-id', '../x'], /--workspace-id is not an ID/],
]
