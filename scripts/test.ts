/**
 * `npm test` runs all tests and checks their coverage. `npm test -- FILE...` runs only these files, without coverage.
 * Words that start with a dash go to mocha.
 */
import {spawnSync} from 'node:child_process'

const argv = process.argv.slice(2)
const isWhole = argv.every((word) => word.startsWith('-'))
const command = isWhole ? ['c8', 'mocha', 'test/**/*.test.ts'] : ['mocha']
const {status} = spawnSync('npx', ['--no-install', ...command, ...argv], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
