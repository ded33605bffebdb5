/**
 * `npm run test:mutation [-- FOLDER…] [--concurrency N]`: mutation tests of folders of src/lib, each with its own unit
 * tests; `root` stands for the files directly in src/lib. Prints each survivor and a table of scores; exits 1 if a score is below the floor.
 */
import {Stryker} from '@stryker-mutator/core'
import {readdirSync} from 'node:fs'
import {parseArgs} from 'node:util'

import options from './stryker.config.js'

const FLOOR = 90
const LIB = 'src/lib'
/** The files directly in src/lib. */
const ROOT = 'root'
const {positionals, values} = parseArgs({allowPositionals: true, options: {concurrency: {type: 'string'}}})
const all = readdirSync(LIB, {withFileTypes: true}).filter((entry) => entry.isDirectory())
const folders = positionals.length > 0 ? positionals : [...all.map(({name}) => name), ROOT]

const scores = []
for (const folder of folders) {
  const glob = folder === ROOT ? '*' : `${folder}/**/*`
  const results = await new Stryker({
    ...options,
    ...(values.concurrency && {concurrency: Number(values.concurrency)}),
    mutate: [`${LIB}/${glob}.ts`],
    mochaOptions: {...options.mochaOptions, spec: [`test/lib/${glob}.test.ts`]},
    jsonReporter: {fileName: `tmp/mutation/${folder}.json`},
  }).runMutationTest()
  const timeouts = count(results, 'Timeout')
  const killed = count(results, 'Killed') + timeouts
  const survived = count(results, 'Survived', 'NoCoverage')
  scores.push({
    folder,
    killed,
    timeouts,
    survived,
    static: count(results, 'Ignored'),
    score: (100 * killed) / (killed + survived),
  })
}

function count(results, ...statuses) {
  return results.filter(({status}) => statuses.includes(status)).length
}

console.table(scores.map(({score, ...row}) => ({...row, score: score.toFixed(1)})))
if (scores.some(({score}) => !(score >= FLOOR))) process.exitCode = 1
