import {Config} from '@oclif/core'
import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Host, makeHost, packPlugin, PLUGIN, unpackPlugin} from '../support/host.js'
import {type Env, envFor, finished, newFolder} from '../support/run-cli.js'
import {outputs, ROOT} from './support.js'

const LIST = ['deployment', 'organization-token', 'list']
const sourcesIn = (file: string) => Object.keys(outputs[file]?.inputs ?? {})
const ON_ETL = ['--deployment-id', ids.deployments.etlProd]

describe('the package', function () {
  this.timeout(60_000)
  let host: Host
  /** The directory in which npm installs it. */
  let root: string
  let paths: readonly string[]

  before(async () => {
    host = makeHost({topicSeparator: ' ', plugins: [PLUGIN]})
    root = join(host.root, 'node_modules', PLUGIN)
    await unpackPlugin(await packPlugin(), root)
    const entries = readdirSync(root, {encoding: 'utf8', recursive: true})
    paths = entries.filter((path) => statSync(join(root, path)).isFile())
  })

  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const readJson = (path: string) => JSON.parse(read(path)) as Readonly<Record<string, unknown>>

  it('is small, has no dependencies, and holds the bundle and the files of npm, but no sources', () => {
    let size = 0
    for (const path of paths) size += statSync(join(root, path)).size
    expect(size).to.be.below(2_200_000)
    expect(readJson('package.json')).not.to.have.any.keys('dependencies', 'optionalDependencies', 'peerDependencies')
    const files = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin/package.json', 'bin/run.js', 'oclif.manifest.json']
    const schemas = readdirSync(join(ROOT, 'schemas')).map((file) => `dist/schemas/${file}`)
    expect(paths.filter((path) => !path.startsWith('dist/'))).to.have.members([...files, 'package.json'])
    expect(paths).to.include.members(schemas)
    const built = ['dist/THIRD-PARTY-NOTICES', ...schemas, ...Object.keys(outputs)]
    expect(built).to.include.members(paths.filter((path) => path.startsWith('dist/')))
  })

  it('has one source map, which leads only to its own sources', () => {
    expect(paths.filter((path) => path.endsWith('.map'))).to.deep.equal(['dist/program.cjs.map'])
    expect(read('dist/program.cjs')).to.match(/\n\/\/# sourceMappingURL=program\.cjs\.map\n$/)
    const sources = (readJson('dist/program.cjs.map').sources as readonly (null | string)[]).filter(
      (one) => one !== null,
    )
    expect(sources).to.include.members(['../src/cli/base-command.ts', '../src/lib/astro-api/http.ts'])
    expect(sources.filter((source) => !existsSync(join(ROOT, 'dist', source)))).to.deep.equal([])
  })

  it('has a program in ASCII without import(), as its loader needs it', () => {
    expect(read('dist/program.cjs')).to.match(/^[\0-\u007F]*$/)
    // The one that is left is in a message of oclif.
    expect(read('dist/program.cjs').match(/\bimport\(.{2}/g)).to.deep.equal(['import()"'])
  })

  it('has the notice of every library in it', () => {
    const inputs = Object.keys(outputs).flatMap((file) => sourcesIn(file))
    const libraries = inputs.flatMap((input) => /(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [])
    const headings = read('dist/THIRD-PARTY-NOTICES').match(/(?<=-{80}\n)\S+ \S+ \(.+/g) ?? []
    expect(libraries).to.include.members(['@oclif/core', '@oclif/table', 'got', 'react', 'yaml'])
    expect(new Set(headings.map((heading) => heading.split(' ')[0]))).to.deep.equal(new Set(libraries.toSorted()))
  })

  it('has help and completion only in the standalone program', () => {
    const commands = Object.keys(readJson('oclif.manifest.json').commands as object)
    expect(commands.filter((id) => !id.startsWith('deployment:'))).to.deep.equal([])
    expect(readJson('package.json').oclif).not.to.have.property('plugins')
    for (const library of ['@oclif/plugin-help', '@oclif/plugin-autocomplete']) {
      const isIn = (file: string) => sourcesIn(file).some((input) => input.startsWith(`node_modules/${library}/`))
      expect(Object.keys(outputs).filter((file) => isIn(file))).to.deep.equal(['dist/program.cjs'])
    }
  })

  it('describes no topic above its own, so that hosts do not describe it as one of its commands', async () => {
    const config = await Config.load(root)
    const topics = ['deployment', 'deployment:token'].map((name) => config.findTopic(name))
    expect(topics.map((topic) => topic && !topic.description)).to.deep.equal([true, true])
  })

  describe('installed', () => {
    let api: AstroApi
    let env: Env

    before(async () => {
      const XDG_CACHE_HOME = newFolder()
      api = await startAstroApi()
      env = envFor(api, {XDG_CACHE_HOME, NODE_ENV: 'development'})
    })

    after(async () => {
      await api.close()
    })

    const run = async (argv: readonly string[], more: Env = {}) =>
      finished(spawn(process.execPath, [join(root, 'bin', 'run.js'), ...argv], {env: {...env, ...more}, stdio: 'pipe'}))

    it('caches compiled code for the standalone program, not for a host', async () => {
      const caches = env.XDG_CACHE_HOME ?? ''
      expect(await host.run([...LIST, ...ON_ETL], env)).to.include({exit: 0})
      expect(existsSync(join(caches, PLUGIN))).to.equal(false)
      expect(await run([...LIST, ...ON_ETL])).to.deep.include({exit: 0, stderr: ''})
      expect(existsSync(join(caches, PLUGIN, 'code'))).to.equal(true)
    })

    it('prints its version and help, without a warning about NODE_ENV', async () => {
      const {name, version} = readJson('package.json')
      const {stdout} = await run(['--version'])
      expect(stdout).to.match(new RegExp(`^${String(name)}/${String(version)} \\S+ node-${process.version}\n$`))
      const help = await run([...LIST, '--help'])
      expect(help).to.deep.include({exit: 0, stderr: ''})
      expect(await run(['help', ...LIST])).to.deep.equal(help)
    })

    it('names the sources in stack traces with DEBUG', async () => {
      const {stderr} = await run([...LIST, '--deployment-id', 'not-one'], {DEBUG: 'x'})
      expect(stderr).to.match(/^ +at .*src\/lib\/selection\/ids\.ts:\d+:\d+\)$/m)
    })
  })
})
