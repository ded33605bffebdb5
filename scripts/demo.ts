/**
 * Demonstrates the four commands, as a user would type them, with the emulated Astro API. Shows their output, and
 * checks the API's data after each change. Exits with code 1 if it finds a difference.
 */
import {deepStrictEqual} from 'node:assert'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {rmSync} from 'node:fs'

import {startAstroApi} from '../test/astro-api/server.js'
import {ids} from '../test/astro-api/world.js'
import {BIN, envFor, homeFor} from '../test/support/run-cli.js'

const {deployments, tokens} = ids
const api = await startAstroApi()
const home = homeFor(api)
const env = {...process.env, ...envFor(api), ASTRO_HOME: home, CI: undefined}

const step = async (why: string, exit: number, ...argv: string[]): Promise<void> => {
  const words = ['deployment', 'organization-token', ...argv]
  const typed = words.map((word) => word.replace(/^(--[\w-]+=)?(.*\s.*)$/, '$1"$2"')).join(' ')
  process.stdout.write(`\n# ${why}\n$ astro ${typed}\n`)
  const [code] = (await once(spawn(process.execPath, [BIN, ...words], {env, stdio: 'inherit'}), 'close')) as [number]
  deepStrictEqual(code, exit, `Expected exit code ${exit}, got ${code}`)
}

const rolesOnDeployments = (tokenId: string): Record<string, string> => {
  const roles = api.world.tokens.find(({id}) => id === tokenId)?.roles ?? []
  const entries = roles.filter(({entityType}) => entityType === 'DEPLOYMENT')
  return Object.fromEntries(entries.map(({entityId, role}) => [entityId, role]))
}

try {
  process.stdout.write(`The emulated Astro API is at ${api.url}.\n`)

  await step(
    'Which Organization tokens have a role on this Deployment?',
    0,
    'list',
    `--deployment-id=${deployments.reports}`,
  )

  const add = ['add', '--org-token-name=ci-pipeline']
  await step('Give ci-pipeline a role on it too.', 0, ...add, `--deployment-id=${deployments.reports}`)
  deepStrictEqual(rolesOnDeployments(tokens.ciPipeline), {[deployments.reports]: 'DEPLOYMENT_ADMIN'})

  const both = [`--deployment-id=${deployments.reports}`, `--deployment-id=${deployments.billing}`]
  const update = ['update', tokens.ciPipeline, '--role=Deploy Reader']
  await step('Change it to a role with fewer permissions.', 0, ...update, `--deployment-id=${deployments.reports}`)
  await step(
    'Give that role on two Deployments, in one atomic request.',
    0,
    'add',
    tokens.ciPipeline,
    '--role=Deploy Reader',
    ...both,
  )
  const reader = {[deployments.reports]: 'Deploy Reader', [deployments.billing]: 'Deploy Reader'}
  deepStrictEqual(rolesOnDeployments(tokens.ciPipeline), reader)

  await step('List the tokens as JSON.', 0, 'list', `--deployment-id=${deployments.billing}`, '--json')
  await step(
    'A misspelled name: the error suggests the right one.',
    3,
    'remove',
    '--org-token-name=ci-pipelin',
    ...both.slice(0, 1),
  )
  await step('Remove the role from both Deployments.', 0, 'remove', '--org-token-name=ci-pipeline', ...both)
  deepStrictEqual(rolesOnDeployments(tokens.ciPipeline), {})
  deepStrictEqual(api.violations, [])

  process.stdout.write('\nDone. The API has the roles that the commands reported.\n')
} finally {
  await api.close()
  rmSync(home, {force: true, recursive: true})
}
