/**
 * `node scripts/mutation/removable.js`: lists tests that can go without a mutant surviving, from the reports in
 * tmp/killers that `npm run test:mutation -- --all-killers` writes. Removes one test at a time, unit tests first and
 * those that kill the fewest mutants first, and keeps a test that is the last to kill a mutant.
 */
import {readdirSync, readFileSync} from 'node:fs'

const FOLDER = 'tmp/killers'
/** The mutants that each test kills, if it reaches any, and how many tests kill each mutant. */
const [kills, killers] = [new Map(), new Map()]

for (const report of readdirSync(FOLDER)) {
  const {files, testFiles} = JSON.parse(readFileSync(`${FOLDER}/${report}`, 'utf8'))
  const names = new Map()
  for (const [file, {tests}] of Object.entries(testFiles)) {
    for (const {id, name} of tests) names.set(id, `${file}: ${JSON.stringify(name)}`)
  }

  for (const [file, {mutants}] of Object.entries(files)) {
    for (const {coveredBy = [], id, killedBy = []} of mutants) {
      const mutant = `${file} ${id}`
      killers.set(mutant, killedBy.length)
      for (const test of coveredBy) kills.set(names.get(test), kills.get(names.get(test)) ?? [])
      for (const test of killedBy) kills.get(names.get(test)).push(mutant)
    }
  }
}

const isUnit = (name) => name.startsWith('test/lib/')
const order = [...kills].sort(([a, one], [b, other]) => isUnit(b) - isUnit(a) || one.length - other.length)
const removable = []
for (const [name, mutants] of order) {
  if (mutants.some((mutant) => killers.get(mutant) === 1)) continue
  removable.push(name)
  for (const mutant of mutants) killers.set(mutant, killers.get(mutant) - 1)
}

console.log([...removable.sort(), `${removable.length} of ${kills.size} tests can go`].join('\n'))
