import {expect} from 'chai'
import {closeSync, mkdirSync, openSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {type CliRun, type Env, newFolder, startCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, configWith, createPlace, roleOnDeployment, rolesOf} from './support.js'

const {ciPipeline} = ids.tokens
const {etlProd, reports} = ids.deployments
const ADD = command('add', ciPipeline, '--deployment-id', reports)
const NOT_FOUND = command('remove', '-n', 'no-such-token', '--deployment-id', reports)
const NEVER_WAITS = `--import=${new URL('../support/never-waits.js', import.meta.url).href}`

describe('a program that meets the unexpected', function () {
  this.timeout(60_000)

  describe('a run that loses output', () => {
    const place = createPlace(undefined, {DEBUG: 'astro'})

    beforeEach(place.open)

    afterEach(place.close)

    type Runner = (argv: readonly string[], more?: Env) => Promise<CliRun>

    const withoutReaderOf = async (stream: 'stderr' | 'stdout', argv: readonly string[], more: Env = {}) => {
      const {child, end} = startCli(argv, {...place.env, ...more})
      child[stream]?.destroy()
      return end
    }

    const withFullStderr: Runner = async (argv, more = {}) => {
      const full = openSync('/dev/full', 'w')
      const {end} = startCli(argv, {...place.env, ...more}, {stdio: ['ignore', 'pipe', full]})
      closeSync(full)
      return end
    }

    const withoutStderr: Readonly<Record<string, Runner>> = {
      'a closed stderr': async (argv, more) => withoutReaderOf('stderr', argv, more),
      ...(process.platform === 'linux' && {'a full disk behind stderr': withFullStderr}),
    }

    for (const [title, run] of Object.entries(withoutStderr)) {
      describe(`with ${title}`, () => {
        it('writes the roles and prints the result', async () => {
          const {exit, stdout} = await run(ADD)
          expect(exit).to.equal(0)
          expect(stdout).to.match(/^Added ci-pipeline .*\n$/)
          expect(rolesOf(place.api, ciPipeline)).to.deep.include(roleOnDeployment(reports, 'DEPLOYMENT_ADMIN'))
        })

        it('keeps the exit code of an error', async () => {
          expect(await run(NOT_FOUND)).to.include({exit: 3, stdout: ''})
          expect(await run(['deployment', 'organization-token', 'lst'])).to.include({exit: 2, stdout: ''})
        })

        it('saves a refreshed login', async () => {
          const ASTRO_HOME = newFolder('home')
          const file = join(ASTRO_HOME, '.astro', 'config.yaml')
          const login = place.api.login({expiresInSeconds: -1, rotate: true})
          mkdirSync(join(ASTRO_HOME, '.astro'))
          writeFileSync(file, configWith(place.api, login), {mode: 0o600})
          const argv = command('list', '--deployment-id', etlProd)

          const more = {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined, ASTRO_HOME}
          expect(await run(argv, more)).to.include({exit: 0})
          expect(readFileSync(file, 'utf8')).not.to.contain(login.refreshToken)
        })
      })
    }

    it('keeps the exit code of an error document that nobody reads', async () => {
      const more = {DEBUG: undefined}
      expect(await withoutReaderOf('stdout', [...NOT_FOUND, '--json'], more)).to.include({exit: 3, stderr: ''})
      expect(await withoutReaderOf('stdout', command('list', '--bogus', '--json'), more)).to.include({
        exit: 2,
        stderr: '',
      })
      const unknown = ['deployment', 'organization-token', 'lst', '--json']
      expect(await withoutReaderOf('stdout', unknown, more)).to.include({exit: 2, stderr: ''})
    })
  })

  describe('a run whose work never ends', () => {
    const place = createPlace(undefined, {NODE_OPTIONS: NEVER_WAITS})

    beforeEach(place.open)

    afterEach(place.close)

    it('fails, and says so, once nothing keeps the process running', async () => {
      place.api.inject({operationId: 'getApiToken', times: Infinity, action: {kind: 'status', status: 503}})
      const run = await place.run('add', ciPipeline, '--deployment-id', reports, '--json')
      expect(run).to.include({exit: 1, stderr: ''})
      expect(json(run)).to.have.nested.property('error.kind', 'internal')
    })

    it('says that the outcome is unknown if a write was sent', async () => {
      place.api.inject({operationId: 'updateApiTokenRoles', times: Infinity, action: {kind: 'status', status: 503}})
      const run = await place.run('add', ciPipeline, '--deployment-id', reports)
      expect(run).to.include({exit: 1, stdout: ''})
      expect(run.stderr).to.match(/^Error: .*exited during the update.*Could not confirm/)
    })
  })
})
