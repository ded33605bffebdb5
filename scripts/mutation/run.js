/**
 * `npm run test:mutation [-- FOLDER…] [--concurrency N] [--all-killers]`: mutation tests of directories of src/lib, each with
 * its own unit tests and all tests of commands and of the standalone program; `root` stands for the files directly in
 * src/lib. Prints each survivor and a table of scores; exits 1 if a score is below the floor. With --all-killers, each
 * mutant runs against every test that reaches it, for removable.js.
 */
import {Stryker} from '@stryker-mutator/core'
import {readdirSync} from 'node:fs'
import {availableParallelism} from 'node:os'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

const FLOOR = 90
const LIB = 'src/lib'
/** The files directly in src/lib. */
const ROOT = 'root'
const {positionals, values} = parseArgs({
  allowPositionals: true,
  options: {'all-killers': {type: 'boolean', default: false}, concurrency: {type: 'string'}},
})
const areAll = values['all-killers']
const all = readdirSync(LIB, {withFileTypes: true}).filter((entry) => entry.isDirectory())
const folders = positionals.length > 0 ? positionals : [...all.map(({name}) => name), ROOT]

function optionsFor(folder) {
  const glob = folder === ROOT ? '*' : `${folder}/**/*`
  return {
    plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/mocha-runner'))],
    testRunner: 'mocha',
    testRunnerNodeArgs: ['--import=tsx/esm'],
    mutate: [`${LIB}/${glob}.ts`],
    mochaOptions: {
      config: '.mocharc.cjs',
      spec: [`test/lib/${glob}.test.ts`, 'test/{commands,standalone}/**/*.test.ts'],
    },
    coverageAnalysis: 'perTest',
    disableBail: areAll,
    ignoreStatic: true,
    concurrency: Number(values.concurrency ?? availableParallelism()),
    timeoutMS: 10_000,
    tempDirName: 'tmp/stryker',
    reporters: ['clear-text', 'json', 'progress-append-only'],
    clearTextReporter: {allowColor: false, logTests: false, reportTests: false},
    jsonReporter: {fileName: `tmp/${areAll ? 'killers' : 'mutation'}/${folder}.json`},
    ignorePatterns: ['coverage', 'dist', 'docs', 'tmp'],
  }
}

const scores = []
for (const folder of folders) {
  const results = await new Stryker(optionsFor(folder)).runMutationTest()
  const timeouts = count(results, 'Timeout')
  const killed = count(results, 'Killed') + timeouts
  const survived = count(results, 'Survived', 'NoCoverage')
  const score = (100 * killed) / (killed + survived)
  scores.push({folder, killed, timeouts, survived, static: count(results, 'Ignored'), score: score.toFixed(1)})
}

function count(results, ...statuses) {
  return results.filter(({status}) => statuses.includes(status)).length
}

console.table(scores)
if (scores.some(({score}) => !(score >= FLOOR))) process.exitCode = 1
