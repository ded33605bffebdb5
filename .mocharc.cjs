const {availableParallelism} = require('node:os')

module.exports = {
  'node-option': ['import=tsx/esm'],
  require: ['test/support/keep-coverage.ts', 'test/support/no-network.ts'],
  'forbid-only': true,
  'forbid-pending': true,
  // With --parallel. By default, mocha leaves one core idle.
  jobs: availableParallelism(),
  timeout: 20_000,
}
