/**
 * `npm run test:mutation [-- FOLDER…] [--concurrency N]`: mutation tests of folders of src/lib, each with its own unit
 * tests. Prints each survivor and a table of scores; exits 1 if a score is below the floor.
 */
import {Stryker} from '@stryker-mutator/core'
import {readdirSync} from 'node:fs'
import {parseArgs} from 'node:util'

import options from './stryker.config.js'

const FLOOR = 90
const LIB = 'src/lib'
const {positionals, values} = parseArgs({allowPositionals: true, options: {concurrency: {type: 'string'}}})
const all = readdirSync(LIB, {withFileTypes: true}).filter((entry) => entry.isDirectory())
const folders = positionals.length > 0 ? positionals : all.map(({name}) => name)

const scores = []
for (const folder of folders) {
  const results = await new Stryker({
    ...options,
    ...(values.concurrency && {concurrency: Number(values.concurrency)}),
    mutate: [`${LIB}/${folder}/**/*.ts`],
    mochaOptions: {...options.mochaOptions, spec: [`test/lib/${folder}/**/*.test.ts`]},
    jsonReporter: {fileName: `tmp/mutation/${folder}.json`},
  }).runMutationTest()
  const killed = count(results, 'Killed', 'Timeout')
  const survived = count(results, 'Survived', 'NoCoverage')
  scores.push({
    folder,
    killed,
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
