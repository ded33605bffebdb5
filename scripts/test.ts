/**
 * `npm test` runs all tests and checks their coverage. `npm test -- FILE...` runs only these files, without coverage.
 * Words that start with a dash go to mocha.
 */
import {spawnSync} from 'node:child_process'
import {availableParallelism} from 'node:os'

const argv = process.argv.slice(2)
const isWhole = argv.every((word) => word.startsWith('-'))
// By default, mocha leaves one core idle.
const parallel = ['--parallel', '--jobs', String(availableParallelism())]
const command = isWhole ? ['c8', 'mocha', ...parallel, 'test/**/*.test.ts'] : ['mocha']
const {status} = spawnSync('npx', ['--no-install', ...command, ...argv], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
