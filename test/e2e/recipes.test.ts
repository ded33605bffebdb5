import {expect} from 'chai'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse} from 'yaml'

import {ids} from '../astro-api/world.js'
import {pathWith, programFolder} from '../support/programs.js'
import {type CliRun, type Env, newFolder, OWN_MACHINE, runShell} from '../support/run-cli.js'
import {placeDuring, rolesOf} from './support.js'

const {deployments, tokens} = ids
const PAGE = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
const {version} = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {version: string}

interface Recipe {
  /** How many requests write; not counted for jobs that may have to repeat theirs. */
  readonly writes?: number
  /** The roles of tokens on Deployments after it. */
  readonly roles?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Checks the runs of its blocks, one after the other, and the files that they leave. */
  readonly check?: (outcome: {readonly runs: readonly CliRun[]; readonly read: (file: string) => string}) => void
}

const {billing, etlProd, etlStaging, mlTraining, reports, sandbox} = deployments
const {ciPipeline, deployBot} = tokens
const ADMIN = 'DEPLOYMENT_ADMIN'
const READER = 'Deploy Reader'
const OPERATOR = 'Deploy Operator'

/** The roles after the recipes for CI: with one job, and with several. */
const SCOPED = {[ciPipeline]: {[reports]: READER}}
const ALL_SCOPED = {[ciPipeline]: {[reports]: READER, [billing]: READER, [mlTraining]: READER}}

/** The recipes by their headings. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  'Change a role on every Deployment of a Workspace': {
    writes: 1,
    roles: {[deployBot]: {[etlProd]: 'Log Reader', [etlStaging]: 'Log Reader', [reports]: OPERATOR}},
  },
  'Replace a token': {
    writes: 3 + 1,
    roles: {[ciPipeline]: {[etlProd]: ADMIN, [etlStaging]: READER, [reports]: OPERATOR}, [deployBot]: {}},
  },
  'Hand a Workspace over to another team': {
    writes: 2,
    roles: {
      [ciPipeline]: {[etlProd]: READER, [etlStaging]: READER, [mlTraining]: READER, [sandbox]: READER},
      [deployBot]: {[reports]: OPERATOR},
    },
  },
  'Remove a role that may already be gone': {writes: 0},
  'Audit tokens in CI': {
    writes: 0,
    check({read, runs: [, expired]}) {
      expect(expired?.stdout).to.equal(`${tokens.oldCi}\told-ci\n`)
      const rows = read('tokens.csv').trimEnd().split('\r\n')
      expect(rows[0]).to.contain('DEPLOYMENT_ID')
      expect(rows.filter((row) => row.includes(billing))).to.have.length(1)
    },
  },
  'Print IDs only': {
    writes: 0,
    check({runs: [run]}) {
      expect(run?.stdout).to.equal(`${tokens.reportViewer}\n${deployBot}\n`)
    },
  },
  'GitHub Actions': {
    writes: 1,
    roles: SCOPED,
    check({read}) {
      const summary = read('summary.md')
      expect(summary).to.match(/^\| token \| role \| expires \|\n\| --- \| --- \| --- \|\n/)
      expect(summary).to.contain('\n| ci-pipeline | Deploy Reader | never |\n')
    },
  },
  'Several jobs in GitHub Actions': {writes: 3, roles: ALL_SCOPED},
  'GitLab CI': {
    writes: 1,
    roles: SCOPED,
    check({read}) {
      expect(JSON.parse(read('tokens.json')))
        .to.have.property('tokens')
        .with.length(3)
    },
  },
  'Several jobs in GitLab CI': {writes: 3, roles: ALL_SCOPED},
  'Several jobs at the same time': {roles: ALL_SCOPED},
}

type Script = Readonly<{text: string; env: Env}>

/** A job in the YAML of GitHub Actions or GitLab CI. */
type Job = Readonly<{env?: Env; script?: readonly string[]; steps?: readonly {run?: string}[]; variables?: Env}>
type Pipeline = Readonly<{jobs?: {scope: Job}; 'scope-token'?: Job}>

/** The script of each job of a pipeline: one for each value of its matrix, if there is one. */
function jobsOf(yaml: string): Script[] {
  const [, key = 'NO_MATRIX', values = ''] = /^ +matrix:\n +(?:- )?(\w+): \[(.+)\]$/m.exec(yaml) ?? []
  return values.split(', ').map((value) => {
    // GitHub Actions has an expression; GitLab CI sets a variable.
    const pipeline = parse(yaml.replaceAll(`\${{ matrix.${key} }}`, value)) as Pipeline
    const {env, script, steps = [], variables} = pipeline.jobs?.scope ?? pipeline['scope-token'] ?? {}
    const text = (script ?? steps.map(({run}) => run)).join('\n')
    return {text, env: {...env, ...variables, [key]: value}}
  })
}

describe('the recipes in docs/recipes.md', function () {
  const [, ...sections] = PAGE.split(/^## /m)
  const recipes = new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]))
  const programs = programFolder()
  const place = placeDuring(this, undefined, {PATH: pathWith(programs)})

  before(() => {
    // It only installs this package at its present version.
    const npm = `#!/bin/sh\ntest "$*" = "install --global astro-plugin-organization-token@${version}"\n`
    writeFileSync(join(programs, 'npm'), npm, {mode: 0o755})
  })

  const follow = async (recipe = '') => {
    const {api, env} = place
    const {ASTRO_API_TOKEN} = env
    const cwd = newFolder('recipe')
    const runs: CliRun[] = []
    const runJob = async ({env: own, text}: Script, more: Env) => {
      // The emulator is fast enough for a shorter wait.
      const script = `set -e\n${text.replace('--settle 5', '--settle 2')}`
      const variables = {...env, ...more, GITHUB_STEP_SUMMARY: 'summary.md', ...own, ASTRO_API_TOKEN}
      runs.push(await runShell(script, variables, {cwd}))
    }

    for (const [block, language, text = ''] of recipe.matchAll(/^```(sh|yaml)\n([^]*?)^```$/gm)) {
      const jobs = language === 'sh' ? [{text, env: {}}] : jobsOf(text)
      // Jobs of a matrix run on different machines, so they share no lock.
      const more = jobs.length > 1 ? OWN_MACHINE : {}
      if (/^ +(?:max-parallel: 1$|resource_group: )/m.test(block)) for (const job of jobs) await runJob(job, more)
      else await Promise.all(jobs.map(async (job) => runJob(job, more)))
    }

    return {
      runs,
      read: (file: string) => readFileSync(join(cwd, file), 'utf8'),
      writes: api.requests.filter(({method}) => method === 'POST').length,
    }
  }

  it('are all checked here', () => {
    expect([...recipes.keys()]).to.deep.equal(Object.keys(RECIPES))
  })

  for (const [heading, {check, roles = {}, writes}] of Object.entries(RECIPES)) {
    it(`do what the page describes: ${heading}`, async () => {
      const outcome = await follow(recipes.get(heading))
      expect(outcome.runs).to.have.length.above(0)
      for (const {exit, stderr} of outcome.runs) expect(exit, stderr).to.equal(0)
      if (writes !== undefined) expect(outcome.writes).to.equal(writes)
      for (const [id, own] of Object.entries(roles)) {
        const entries = rolesOf(place.api, id).filter(({entityType}) => entityType === 'DEPLOYMENT')
        expect(Object.fromEntries(entries.map(({entityId, role}) => [entityId, role]))).to.deep.equal(own)
      }

      check?.(outcome)
    })
  }

  it('fail the audit if an admin token is not on the list', async () => {
    const {runs} = await follow(recipes.get('Audit tokens in CI')?.replace('"deploy-bot", ', ''))
    expect(runs[0]).to.deep.include({exit: 1, stdout: 'deploy-bot on etl-prod\n'})
  })

  it('write nothing if the tokens cannot be listed', async () => {
    place.api.inject({operationId: 'listApiTokens', times: Infinity, action: {kind: 'status', status: 403}})
    const {runs, writes} = await follow(recipes.get('Replace a token'))
    expect(runs[0]).to.deep.include({exit: 4, stderr: ''})
    expect(writes).to.equal(0)
  })
})
