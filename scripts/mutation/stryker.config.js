import {availableParallelism} from 'node:os'
import {fileURLToPath} from 'node:url'

/** Stryker's options for every folder. run.js adds the files to mutate and the tests. */
export default {
  plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/mocha-runner'))],
  testRunner: 'mocha',
  testRunnerNodeArgs: ['--import=tsx/esm'],
  mochaOptions: {config: '.mocharc.cjs'},
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: availableParallelism(),
  timeoutMS: 10_000,
  tempDirName: 'tmp/stryker',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: {allowColor: false, logTests: false, reportTests: false},
  ignorePatterns: ['coverage', 'dist', 'docs', 'tmp'],
}
