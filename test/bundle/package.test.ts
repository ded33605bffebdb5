import {Config} from '@oclif/core'
import {expect} from 'chai'
import {type Metafile} from 'esbuild'
import {spawn} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'

import {packPlugin, ROOT, unpackPlugin} from '../support/host.js'
import {type Env, finished, newFolder} from '../support/run-cli.js'

const LIST = ['deployment', 'organization-token', 'list']

/** What the build says of each file in dist. */
const {outputs} = JSON.parse(readFileSync(join(ROOT, 'tmp', 'meta.json'), 'utf8')) as Metafile
const sourcesIn = (file: string) => Object.keys(outputs[file]?.inputs ?? {})

describe('the package', function () {
  this.timeout(60_000)
  const root = newFolder('package')
  let paths: readonly string[]

  before(async () => {
    await unpackPlugin(await packPlugin(), root)
    const entries = readdirSync(root, {encoding: 'utf8', recursive: true})
    paths = entries.filter((path) => statSync(join(root, path)).isFile())
  })

  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const readJson = (path: string) => JSON.parse(read(path)) as Readonly<Record<string, unknown>>

  const run = async (argv: readonly string[], more: Env = {}) => {
    const env = {HOME: newFolder('home'), NODE_ENV: 'development', PATH: process.env.PATH, ...more}
    return finished(spawn(process.execPath, [join(root, 'bin', 'run.js'), ...argv], {env, stdio: 'pipe'}))
  }

  it('is small, and holds the bundle and the files of npm, but no sources', () => {
    let size = 0
    for (const path of paths) size += statSync(join(root, path)).size
    expect(size).to.be.below(2_200_000)
    const files = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin/package.json', 'bin/run.js', 'oclif.manifest.json']
    const schemas = readdirSync(join(ROOT, 'schemas')).map((file) => `dist/schemas/${file}`)
    expect(paths.filter((path) => !path.startsWith('dist/'))).to.have.members([...files, 'package.json'])
    expect(paths).to.include.members(schemas)
    const built = ['dist/THIRD-PARTY-NOTICES', ...schemas, ...Object.keys(outputs)]
    expect(built).to.include.members(paths.filter((path) => path.startsWith('dist/')))
  })

  it('has no dependencies, and no script that npm would run, or warn about, when it installs the package', () => {
    const {scripts, ...manifest} = readJson('package.json')
    expect(manifest).not.to.have.any.keys('dependencies', 'optionalDependencies', 'peerDependencies')
    expect(scripts).not.to.have.any.keys('preinstall', 'install', 'postinstall', 'prepare')
  })

  it('has one source map, which leads only to its own sources', () => {
    expect(paths.filter((path) => path.endsWith('.map'))).to.deep.equal(['dist/program.cjs.map'])
    const sources = readJson('dist/program.cjs.map').sources as readonly (null | string)[]
    const ours = sources.filter((source) => source !== null)
    expect(ours).to.include.members(['../src/cli/base-command.ts', '../src/lib/astro-api/http.ts'])
    expect(ours.filter((source) => !existsSync(join(ROOT, 'dist', source)))).to.deep.equal([])
  })

  it('has a program in ASCII without import(), as its loader needs it', () => {
    expect(read('dist/program.cjs')).to.match(/^[\0-\u007F]*$/)
    // The one that is left is in a message of oclif.
    expect(read('dist/program.cjs').match(/\bimport\(.{2}/g)).to.deep.equal(['import()"'])
  })

  it('has the license of every library in it, or the author of one without a license file', () => {
    const inputs = Object.keys(outputs).flatMap((file) => sourcesIn(file))
    const libraries = inputs.flatMap((input) => /(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [])
    const [, ...notices] = read('dist/THIRD-PARTY-NOTICES').split(`${'-'.repeat(80)}\n`)
    expect(libraries).to.include.members(['@oclif/core', '@oclif/table', 'got', 'react', 'yaml'])
    expect(new Set(notices.map((notice) => notice.split(' ')[0]))).to.deep.equal(new Set(libraries.toSorted()))
    for (const notice of notices) expect(notice).to.match(/^\S+ [\d.]+\S* \([\w. -]+\)(?:, by .+\n|\n\n[\s\S]{300})/)
  })

  it('has help, completion and the code cache only in the standalone program', () => {
    const commands = Object.keys(readJson('oclif.manifest.json').commands as object)
    expect(commands.filter((id) => !id.startsWith('deployment:'))).to.deep.equal([])
    expect(readJson('package.json').oclif).not.to.have.property('plugins')
    for (const [source, file] of [
      ['node_modules/@oclif/plugin-help/', 'dist/program.cjs'],
      ['node_modules/@oclif/plugin-autocomplete/', 'dist/program.cjs'],
      ['src/standalone/code-cache.ts', 'dist/main.cjs'],
    ] as const) {
      const files = Object.keys(outputs).filter((output) => sourcesIn(output).some((input) => input.startsWith(source)))
      expect(files, source).to.deep.equal([file])
    }
  })

  it('describes no topic above its own, so that hosts do not describe it as one of its commands', async () => {
    const config = await Config.load(root)
    const topics = ['deployment', 'deployment:token'].map((name) => config.findTopic(name))
    expect(topics.map((topic) => topic && !topic.description)).to.deep.equal([true, true])
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
    const {stderr} = await run([...LIST, '--deployment-id', 'not-one'], {ASTRO_API_TOKEN: 'x', DEBUG: 'x'})
    expect(stderr).to.match(/^ +at .*src\/lib\/selection\/ids\.ts:\d+:\d+\)$/m)
  })
})
