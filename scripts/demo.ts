/**
 * Demonstrates the four commands, as a user would type them, with the emulated Astro API. Shows their output, and
 * checks the API's data after each change. Exits with code 1 if it finds a difference.
 */
import {deepStrictEqual} from 'node:assert'
import {spawn} from 'node:child_process'
import {once} from 'node:events'

import {startAstroApi} from '../test/astro-api/server.js'
import {ids} from '../test/astro-api/world.js'
import {BIN, envFor} from '../test/support/run-cli.js'

const {
  deployments: {billing, reports},
  tokens: {ciPipeline},
} = ids
const [onReports, onBilling] = ['--deployment-name=reports', '--deployment-name=billing']
const api = await startAstroApi()
const hasColors = process.stderr.isTTY && process.stderr.hasColors()
const env = {...process.env, ...envFor(api), CI: undefined, ...(hasColors && {FORCE_COLOR: '1'})}

interface Expected {
  readonly exit?: number
  /** The roles of ci-pipeline on Deployments, by their IDs. */
  readonly roles?: Readonly<Record<string, string>>
}

async function step(why: string, argv: readonly string[], {exit = 0, roles}: Expected = {}): Promise<void> {
  const words = ['deployment', 'organization-token', ...argv]
  const typed = words.map((word) => word.replace(/^(--[\w-]+=)?(.*\s.*)$/, '$1"$2"')).join(' ')
  process.stdout.write(`\n# ${why}\n$ astro ${typed}\n`)
  // On a busy machine, a terminal would show a spinner.
  const child = spawn(process.execPath, [BIN, ...words], {env, stdio: ['inherit', 'inherit', 'pipe']})
  child.stderr.pipe(process.stderr)
  const [code] = (await once(child, 'close')) as [number]
  deepStrictEqual(code, exit, `Expected exit code ${exit}, got ${code}`)
  const all = api.world.tokens.find(({id}) => id === ciPipeline)?.roles ?? []
  const onDeployments = all.filter(({entityType}) => entityType === 'DEPLOYMENT')
  const found = Object.fromEntries(onDeployments.map(({entityId, role}) => [entityId, role]))
  if (roles) deepStrictEqual(found, roles)
}

const [byId, byName] = [ciPipeline, '--org-token-name=ci-pipeline']
const asReader = '--role=Deploy Reader'
try {
  process.stdout.write(`The emulated Astro API is at ${api.url}.\n`)
  await step('Which Organization tokens have a role on this Deployment?', ['list', onReports])
  await step('Give ci-pipeline a role on it too.', ['add', byName, onReports], {roles: {[reports]: 'DEPLOYMENT_ADMIN'}})
  await step('Change it to a role with fewer permissions.', ['update', byId, asReader, onReports], {
    roles: {[reports]: 'Deploy Reader'},
  })
  await step(
    'Give that role on two Deployments, in one atomic request.',
    ['add', byId, asReader, onReports, onBilling],
    {
      roles: {[reports]: 'Deploy Reader', [billing]: 'Deploy Reader'},
    },
  )
  await step('List the tokens as JSON.', ['list', onBilling, '--json'])
  const misspelled = ['remove', '--org-token-name=ci-pipelin', onReports]
  await step('A misspelled name: the error suggests the right one.', misspelled, {exit: 3})
  await step('Remove the role from both Deployments.', ['remove', byName, onReports, onBilling], {roles: {}})
  deepStrictEqual(api.violations, [])
  process.stdout.write('\nDone. The API has the roles that the commands reported.\n')
} finally {
  await api.close()
}
