import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parse} from 'yaml'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {pathWith, programFolder} from '../support/programs.js'
import {type CliRun, type Env, finished} from '../support/run-cli.js'
import {ownEnvFor, ownTmp} from './support.js'

const {deployments, tokens} = ids
const PAGE = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
const {version} = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {version: string}

/** What a recipe's blocks of commands did, each in a run, one after the other in one folder. */
interface Outcome {
  readonly runs: readonly CliRun[]
  readonly folder: string
  /** The roles on Deployments that a token has after them. */
  readonly rolesOf: (tokenId: string) => Readonly<Record<string, string>>
  readonly writes: number
}

type Check = (outcome: Outcome) => void

const {billing, etlProd, etlStaging, mlTraining, reports, sandbox} = deployments
const ADMIN = 'DEPLOYMENT_ADMIN'
const ALL_DONE = {exit: 0, stderr: ''}

/** What each recipe is to have done, by its heading. */
const RECIPES: Readonly<Record<string, Check>> = {
  'Change a role on every Deployment of a Workspace'({rolesOf, runs: [look, change], writes}) {
    expect(look).to.deep.include(ALL_DONE)
    expect(look?.stdout.split('\n')).to.have.length(2 + 1)
    expect(look?.stdout).to.match(/^Would update deploy-bot .*: DEPLOYMENT_ADMIN → Log Reader\.$/m)
    expect(change).to.deep.include(ALL_DONE)
    expect(writes).to.equal(1)
    expect(rolesOf(tokens.deployBot)).to.deep.equal({
      [etlProd]: 'Log Reader',
      [etlStaging]: 'Log Reader',
      [reports]: 'Deploy Operator',
    })
  },
  'Replace a token'({rolesOf, runs, writes}) {
    for (const run of runs) expect(run).to.deep.include(ALL_DONE)
    expect(rolesOf(tokens.ciPipeline)).to.deep.equal({
      [etlProd]: ADMIN,
      [etlStaging]: 'Deploy Reader',
      [reports]: 'Deploy Operator',
    })
    expect(rolesOf(tokens.deployBot)).to.deep.equal({})
    expect(writes).to.equal(3 + 1)
  },
  'Hand a Workspace over to another team'({rolesOf, runs: [look, handOver], writes}) {
    expect(look).to.deep.include(ALL_DONE)
    expect(look?.stdout.match(/^Would add ci-pipeline/gm)).to.have.length(4)
    expect(look?.stdout.match(/^Would remove deploy-bot/gm)).to.have.length(2)
    expect(handOver).to.deep.include(ALL_DONE)
    expect(writes).to.equal(2)
    expect(rolesOf(tokens.ciPipeline)).to.deep.equal({
      [etlProd]: ADMIN,
      [etlStaging]: ADMIN,
      [mlTraining]: ADMIN,
      [sandbox]: ADMIN,
    })
    expect(rolesOf(tokens.deployBot)).to.deep.equal({[reports]: 'Deploy Operator'})
  },
  'Remove a role that may already be gone'({runs: [run], writes}) {
    expect(run?.exit).to.equal(0)
    expect(run?.stderr).to.contain('old-ci')
    expect(writes).to.equal(0)
  },
  'Audit tokens in CI'({folder, runs: [admins, expired, spreadsheet], writes}) {
    expect(admins).to.deep.include(ALL_DONE)
    expect(expired).to.deep.include({...ALL_DONE, stdout: `${tokens.oldCi}\told-ci\n`})
    expect(spreadsheet).to.deep.include({...ALL_DONE, stdout: ''})
    const lines = readFileSync(join(folder, 'tokens.csv'), 'utf8').trimEnd().split('\r\n')
    expect(lines[0]).to.contain('DEPLOYMENT_ID')
    expect(lines.filter((line) => line.includes(billing))).to.have.length(1)
    expect(writes).to.equal(0)
  },
  'GitHub Actions'({folder, rolesOf, runs, writes}) {
    for (const run of runs) expect(run.exit).to.equal(0)
    expect(rolesOf(tokens.ciPipeline)).to.deep.equal({[reports]: 'Deploy Reader'})
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).to.match(/^```\nID\t[^`]*\tci-pipeline\t[^`]*```\n$/)
    expect(writes).to.equal(1)
  },
  'Scope one token from a matrix of jobs'({rolesOf, runs}) {
    expect(runs.map(({exit}) => exit)).to.deep.equal([0, 0, 0, 0, 0, 0])
    const role = 'Deploy Reader'
    expect(rolesOf(tokens.ciPipeline)).to.deep.equal({[reports]: role, [billing]: role, [mlTraining]: role})
  },
  'GitLab CI'({folder, rolesOf, runs, writes}) {
    for (const run of runs) expect(run.exit).to.equal(0)
    expect(rolesOf(tokens.ciPipeline)).to.deep.equal({[reports]: 'Deploy Reader'})
    expect(JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')))
      .to.have.property('tokens')
      .with.length(3)
    expect(writes).to.equal(1)
  },
}

interface Script {
  readonly line: string
  readonly env: Env
}

/** The blocks of a recipe, each with its jobs, which run at the same time: a pipeline's YAML, or a block of shell. */
function blocksOf(recipe: string): Script[][][] {
  return [...recipe.matchAll(/^(?<fence>```+)(?<language>sh|yaml)\n(?<text>[\s\S]*?)^\k<fence>$/gm)].map(({groups}) => {
    const {language, text = ''} = groups ?? {}
    return language === 'sh' ? [[{line: text, env: {}}]] : jobsIn(text).map((job) => scriptsIn(parse(job), {}))
  })
}

/** The YAML of each job: one for each value of the matrix, if there is one. */
function jobsIn(yaml: string): string[] {
  const [, key, values] = /^ +matrix:\n +(\w+): \[(.+)\]$/m.exec(yaml) ?? []
  return values?.split(', ').map((value) => yaml.replaceAll(`\${{ matrix.${key} }}`, value)) ?? [yaml]
}

/** Every `run` and `script` in a pipeline's YAML; secrets are not taken, the tests have their own. */
function scriptsIn(node: unknown, inherited: Env): Script[] {
  if (Array.isArray(node)) return node.flatMap((item) => scriptsIn(item, inherited))
  if (typeof node !== 'object' || node === null) return []
  const {env = {}, run, script, variables = {}, ...others} = node as Readonly<Record<string, unknown>>
  const own = Object.entries({...(env as Env), ...(variables as Env)}).filter(
    ([, value]) => !value?.includes('secrets.'),
  )
  const all = {...inherited, ...Object.fromEntries(own)}
  const lines = [run, script].flat().filter((line) => typeof line === 'string')
  return [...lines.map((line) => ({line, env: all})), ...scriptsIn(Object.values(others), all)]
}

/** The programs that recipes use, with an npm that only installs this package at its present version. */
function programs(): string {
  const folder = programFolder()
  const npm = `#!/bin/sh\ntest "$*" = "install --global astro-plugin-organization-token@${version}"\n`
  writeFileSync(join(folder, 'npm'), npm, {mode: 0o755})
  return folder
}

describe('the recipes, as they are written', function () {
  this.timeout(60_000)
  const path = pathWith(programs())
  const [, ...sections] = PAGE.split(/^## /m)
  const recipes = new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]))
  let api: AstroApi
  let env: Env
  let folder: string

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'astro-recipe-'))
    api = await startAstroApi()
    env = ownEnvFor(api, {GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), PATH: path})
  })

  afterEach(async () => {
    const {violations} = api
    await api.close()
    expect(violations).to.deep.equal([])
  })

  const runJob = async (scripts: readonly Script[], jobEnv: Env): Promise<CliRun[]> => {
    const runs: CliRun[] = []
    for (const {env: own, line} of scripts) {
      const child = spawn('sh', ['-e', '-c', line], {
        cwd: folder,
        env: {...jobEnv, ...own},
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      runs.push(await finished(child))
    }

    return runs
  }

  const follow = async (recipe: string): Promise<Outcome> => {
    const runs: CliRun[] = []
    for (const jobs of blocksOf(recipe)) {
      // Jobs of a matrix share no lock, as on machines of their own.
      const ownLocks = () => (jobs.length > 1 ? {ASTRO_LOCK_DIR: ownTmp(), TMPDIR: ownTmp()} : {})
      const ends = await Promise.all(jobs.map(async (scripts) => runJob(scripts, {...env, ...ownLocks()})))
      runs.push(...ends.flat())
    }

    const rolesOf = (tokenId: string) => {
      const roles = api.world.tokens.find(({id}) => id === tokenId)?.roles ?? []
      const entries = roles.filter(({entityType}) => entityType === 'DEPLOYMENT')
      return Object.fromEntries(entries.map(({entityId, role}) => [entityId, role]))
    }

    const writes = api.requests.filter(({method}) => method === 'POST').length
    return {folder, rolesOf, runs, writes}
  }

  it('are all checked here', () => {
    expect([...recipes.keys()]).to.deep.equal(Object.keys(RECIPES))
  })

  for (const [heading, check] of Object.entries(RECIPES)) {
    it(heading, async () => {
      check(await follow(recipes.get(heading) ?? ''))
    })
  }

  it('fail the audit where a token is admin that is not on the list', async () => {
    const audit = recipes.get('Audit tokens in CI')?.replace('"deploy-bot", ', '') ?? ''

    const {runs} = await follow(audit)

    expect(runs[0]).to.deep.include({exit: 1, stdout: 'deploy-bot on etl-prod\n'})
  })

  for (const heading of ['Audit tokens in CI', 'Replace a token']) {
    it(`${heading}: fails at once where the tokens cannot be listed`, async () => {
      api.inject({operationId: 'listApiTokens', times: Infinity, action: {kind: 'status', status: 403}})

      const {runs, writes} = await follow(recipes.get(heading) ?? '')

      expect(runs[0]).to.deep.include({exit: 4, stderr: ''})
      expect(writes).to.equal(0)
    })
  }
})
