import {expect} from 'chai'
import fc from 'fast-check'
import {randomInt} from 'node:crypto'
import {availableParallelism} from 'node:os'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {leaksIn, stackLinesIn} from '../e2e/support.js'
import {documentsLike} from '../support/documents.js'
import {type CliRun, envFor, runCli} from '../support/run-cli.js'

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const RUNS = Number(process.env.FUZZ_RUNS ?? 500)
const OURS = /^deployment (?:token )?organization-token (?:add|list|remove|update)(?: |$)/
const EXITS = new Set([0, 1, 2, 3, 4, 5])

/** One of the words. */
const oneOf = (words: string) => fc.constantFrom(...words.split(' '))

const {deployments, organization, tokens, workspaces} = ids
const id = fc.constantFrom(
  ...Object.values(deployments),
  ...Object.values(tokens),
  ...Object.values(workspaces),
  organization,
)
const word = fc.oneof(
  id,
  fc.constantFrom(
    'ci-pipeline',
    'nightly',
    'old-ci',
    'DEPLOYMENT_ADMIN',
    'Deploy Reader',
    'Deploy Raeder',
    'name',
    'x',
  ),
  fc.string({maxLength: 12, unit: 'grapheme'}).filter((text) => !text.includes('\0')),
)
const valued = oneOf(
  '--deployment-id --deployment --deployment-name --org-token-name -n --role -r --workspace-id --workspace --output -o --columns --sort',
)
const boolean = oneOf('--all-deployments --yes -y --dry-run --no-header --csv --json --help -h')
const broken = oneOf(
  '-- - --jsn --role= -nr --settle --deployment-id= --version -v --- --dry-run=true -y=false -ojson --output=text',
)
const part = fc.oneof(
  {weight: 6, arbitrary: fc.tuple(valued, word)},
  {weight: 2, arbitrary: fc.tuple(valued, word).map(([flag, value]) => [`${flag}=${value}`])},
  {weight: 1, arbitrary: fc.constantFrom(['--settle', '1'], ['--settle', '0'], ['--settle', 'x'])},
  {weight: 4, arbitrary: boolean.map((flag) => [flag])},
  {weight: 3, arbitrary: word.map((text) => [text])},
  {weight: 1, arbitrary: broken.map((text) => [text])},
)
const topic = fc.oneof(
  {weight: 8, arbitrary: fc.constant(['deployment', 'organization-token'])},
  {weight: 2, arbitrary: fc.constant(['deployment', 'token', 'organization-token'])},
  {weight: 1, arbitrary: fc.constantFrom(['deployment'], ['deployment', 'organisation-token'], ['help'], [])},
)
const command = fc.oneof(
  {weight: 9, arbitrary: fc.constantFrom('add', 'list', 'remove', 'update')},
  {weight: 1, arbitrary: word},
)
const random = fc
  .tuple(topic, command, fc.array(part, {maxLength: 6}))
  .map(([topics, name, parts]) => [...topics, name, ...parts.flat()])

/** A command line that the program accepts, and at times one more part. */
const likely = fc
  .tuple(
    fc.constantFrom(...Object.values(tokens)).chain((token) =>
      fc.constantFrom(
        ['list'],
        ...['add', 'remove', 'update'].flatMap((name) => [
          [name, token],
          [name, '-n', 'ci-pipeline'],
        ]),
      ),
    ),
    fc.constantFrom(...Object.values(deployments).map((one) => ['--deployment-id', one]), ['--all-deployments']),
    fc.subarray(['--json', '--yes', '--dry-run']),
    fc.option(part, {freq: 3, nil: []}),
  )
  .map(([start, deployment, flags, more]) => {
    const allowed = start[0] === 'list' ? flags.filter((flag) => flag === '--json') : flags
    return ['deployment', 'organization-token', ...start, ...deployment, ...allowed, ...more]
  })
const commandLine = fc.oneof(random, likely)

const OCLIF_WORDS = /The following error|Nonexistent flag|Parsing --|Expected an? |See more help|expects a value/

/** The problems of a run. */
function problemsOf(argv: readonly string[], run: CliRun, token: string, requests: number): string[] {
  const problems: string[] = []
  const asksForHelp = argv.some((each) => ['--help', '--version', '-h', '-v', 'help'].includes(each))
  if (!EXITS.has(Number(run.exit))) problems.push(`exit ${run.exit}`)
  if (stackLinesIn(run.stderr + run.stdout).length > 0) problems.push('a stack')
  if (OCLIF_WORDS.test(run.stderr + run.stdout)) problems.push("a message of oclif's parser")
  if (leaksIn(run, [token]).length > 0) problems.push('a secret')
  const isJson = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).includes('--json')
  if (isJson && !asksForHelp && OURS.test(argv.join(' '))) problems.push(...jsonProblems(run, requests))
  return problems
}

function jsonProblems({exit, stdout}: CliRun, requests: number): string[] {
  try {
    const document = JSON.parse(stdout) as {readonly error?: {readonly exit: number; readonly kind: string}}
    const {error} = document
    return [
      ...(documentsLike(document).length === 1 ? [] : ['JSON that no schema describes']),
      ...((error?.exit ?? 0) === exit ? [] : [`exit ${exit}, but ${error?.exit ?? 0} in JSON`]),
      ...(error?.kind === 'usage' && requests > 0 ? ['requests despite a usage error'] : []),
    ]
  } catch {
    return ['invalid JSON']
  }
}

describe(`${RUNS} random command lines, with FUZZ_SEED=${SEED}`, () => {
  let api: AstroApi

  before(async () => {
    api = await startAstroApi()
  })

  after(async () => {
    await api.close()
  })

  it('end with a documented exit code, without a stack or a secret, and with valid JSON', async () => {
    const waiting = fc.sample(commandLine, {seed: SEED, numRuns: RUNS})
    const findings: string[] = []
    const work = async () => {
      for (let argv = waiting.pop(); argv; argv = waiting.pop()) {
        const token = api.apiToken()
        const run = await runCli(argv, envFor(api, {ASTRO_API_TOKEN: token}))
        const requests = api.requests.filter(({headers}) => headers.authorization === `Bearer ${token}`).length
        const problems = problemsOf(argv, run, token, requests)
        if (problems.length > 0)
          findings.push(`${JSON.stringify(argv)}: ${problems.join(', ')}\n${run.stdout}${run.stderr}`)
      }
    }

    await Promise.all(Array.from({length: 2 * availableParallelism()}, work))

    expect(findings).to.deep.equal([])
    expect(api.violations).to.deep.equal([])
    expect(api.requests).not.to.have.length(0)
  })
})
