import {expect} from 'chai'
import fc from 'fast-check'
import {randomInt} from 'node:crypto'
import {availableParallelism} from 'node:os'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {forEachAtOnce, leaksIn, stackLinesIn} from '../e2e/support.js'
import {documentsLike} from '../support/documents.js'
import {type CliRun, envFor, runCli} from '../support/run-cli.js'

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const RUNS = Number(process.env.FUZZ_RUNS ?? 500)

const IDS = [ids.deployments, ids.tokens, ids.workspaces].flatMap((some) => Object.values(some))
const text = fc.string({maxLength: 12, unit: 'grapheme'}).filter((any) => !any.includes('\0'))
const word = fc.oneof(fc.constantFrom('ci-pipeline', 'nightly', 'Deploy Reader', 'DEPLOYMENT_ADMIN', '1', ...IDS), text)
const oneOf = (words: string) => fc.constantFrom(...words.split(' '))
const valued = oneOf('--deployment-id --deployment-name -n --role -r --workspace-id --settle -o --columns --sort')
const single = oneOf('--json --yes --dry-run --all-deployments --help --jsn --role= -nr -- - --- --yes=true -ojson')
const verb = oneOf('add list remove update lsit')
const topic = oneOf('organization-token organization-token organization-token token --help')
const start = fc.subarray([ids.tokens.ciPipeline, `--deployment-id=${ids.deployments.billing}`])
const rest = fc.array(fc.oneof(fc.tuple(valued, word), fc.tuple(single), fc.tuple(word)), {maxLength: 4})
const commandLine = fc
  .tuple(topic, verb, start, rest)
  .map(([name, command, first, more]) => ['deployment', name, command, ...first, ...more.flat()])

const OURS = /^deployment organization-token (?:add|list|remove|update)(?: |$)/
const OCLIF_WORDS = /The following error|Nonexistent flag|Parsing --|Expected an? |See more help|expects a value/

/** Whether stdout is a documented JSON document with the same exit code, and a usage error preceded any request. */
function hasDocument({exit, stdout}: CliRun, requests: number): boolean {
  try {
    const document = JSON.parse(stdout) as {readonly error?: {readonly exit: number; readonly kind: string}}
    const {exit: code, kind} = document.error ?? {exit: 0, kind: 'none'}
    return documentsLike(document).length === 1 && code === exit && (kind !== 'usage' || requests === 0)
  } catch {
    return false
  }
}

/** What is wrong with a run of this command line. */
async function problemsOf(api: AstroApi, argv: readonly string[]): Promise<string[]> {
  const token = api.apiToken()
  const run = await runCli(argv, envFor(api, {ASTRO_API_TOKEN: token}))
  const output = run.stdout + run.stderr
  const requests = api.requests.filter(({headers}) => headers.authorization === `Bearer ${token}`)
  const flags = new Set(argv.slice(0, [...argv, '--'].indexOf('--')))
  const isJson = flags.has('--json') && !flags.has('--help') && OURS.test(argv.join(' '))
  const problems = {
    'an undocumented exit code': ![0, 1, 2, 3, 4, 5].includes(Number(run.exit)),
    'a stack': stackLinesIn(output).length > 0,
    "a message of oclif's parser": OCLIF_WORDS.test(output),
    'a secret': leaksIn(run, [token]).length > 0,
    'JSON other than documented': isJson && !hasDocument(run, requests.length),
  }
  const found = Object.entries(problems).filter(([, isThere]) => isThere)
  return found.map(([problem]) => `${JSON.stringify(argv)}: ${problem}\n${output}`)
}

describe(`${RUNS} random command lines, with FUZZ_SEED=${SEED}`, () => {
  it('end with a documented exit code, without a stack or a secret, and with valid JSON', async () => {
    const api = await startAstroApi()
    const problems: string[] = []
    await forEachAtOnce(
      fc.sample(commandLine, {seed: SEED, numRuns: RUNS}),
      2 * availableParallelism(),
      async (argv) => {
        problems.push(...(await problemsOf(api, argv)))
      },
    )
    await api.close()

    expect(problems).to.deep.equal([])
    expect(api.violations).to.deep.equal([])
    expect(api.requests).not.to.have.length(0)
  })
})
