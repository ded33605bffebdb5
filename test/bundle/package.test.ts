import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import {runCli} from '../support/run-cli.js'
import {outputs, ROOT} from './support.js'

interface Packed {
  readonly files: readonly {readonly path: string}[]
  readonly unpackedSize: number
}

const MEGABYTE = 1_000_000

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** What would be published. */
function pack(): Packed {
  const report = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {cwd: ROOT, encoding: 'utf8'})
  const [packed] = Object.values(JSON.parse(report) as Record<string, Packed>)
  if (!packed) throw new Error('npm packs nothing')
  return packed
}

describe('the package', function () {
  this.timeout(60_000)
  const {files, unpackedSize} = pack()
  const paths = files.map(({path}) => path)

  it('is small, and needs no other', () => {
    expect(unpackedSize).to.be.below(2.2 * MEGABYTE)
    const {dependencies, optionalDependencies, peerDependencies} = JSON.parse(read('package.json')) as Packed &
      Record<string, unknown>
    expect([dependencies, optionalDependencies, peerDependencies]).to.deep.equal([undefined, undefined, undefined])
  })

  it('holds the bundle and what npm wants, and nothing of the sources', () => {
    expect(paths.filter((path) => !path.startsWith('dist/'))).to.have.members([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/package.json',
      'bin/run.js',
      'oclif.manifest.json',
      'package.json',
    ])
    const schemas = readdirSync(join(ROOT, 'schemas')).map((file) => `dist/schemas/${file}`)
    expect(paths).to.include.members(schemas)
    const built = ['dist/THIRD-PARTY-NOTICES', ...schemas, ...Object.keys(outputs)]
    expect(built).to.include.members(paths.filter((path) => path.startsWith('dist/')))
  })

  it('has one source map, which leads to our own sources only', () => {
    expect(paths.filter((path) => path.endsWith('.map'))).to.deep.equal(['dist/program.cjs.map'])
    expect(read('dist/program.cjs')).to.match(/\n\/\/# sourceMappingURL=program\.cjs\.map\n$/)
    const {sources} = JSON.parse(read('dist/program.cjs.map')) as {sources: readonly (null | string)[]}
    const ours = sources.filter((source) => source !== null)
    expect(ours).to.include.members([
      '../src/cli/base-command.ts',
      '../src/commands/deployment/organization-token/add.ts',
      '../src/lib/astro-api/http.ts',
    ])
    for (const source of ours) expect(existsSync(join(ROOT, 'dist', source)), source).to.equal(true)
  })

  it('has a program in ASCII without import(), as its loader needs it', () => {
    const program = read('dist/program.cjs')
    expect(program).to.match(/^[\0-\u007F]*$/)
    // The one that is left is in a message of oclif.
    expect(program.match(/\bimport\(.{2}/g)).to.deep.equal(['import()"'])
  })

  it('has the notice of every library that it holds a part of', () => {
    const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs))
    const libraries = inputs
      .filter((input) => input.startsWith('node_modules/'))
      .map((input) => /(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? '')
    expect(libraries).to.include.members(['@oclif/core', '@oclif/table', 'got', 'react', 'yaml'])
    const headings = read('dist/THIRD-PARTY-NOTICES').match(/(?<=-{80}\n)\S+ \S+ \(.+/g) ?? []
    const named = new Set(headings.map((heading) => heading.split(' ')[0]))
    expect([...named]).to.have.members([...new Set(libraries)])
  })

  it('has commands for the standalone program that a host does not see', () => {
    const {commands} = JSON.parse(read('oclif.manifest.json')) as {commands: Record<string, unknown>}
    expect(Object.keys(commands).every((id) => id.startsWith('deployment:'))).to.equal(true)
    expect(JSON.parse(read('package.json'))).not.to.have.nested.property('oclif.plugins')
    const holding = (library: string) =>
      Object.keys(outputs).filter((file) =>
        Object.keys(outputs[file]?.inputs ?? {}).some((input) => input.startsWith(`node_modules/${library}/`)),
      )
    expect(holding('@oclif/plugin-help')).to.deep.equal(['dist/program.cjs'])
    expect(holding('@oclif/plugin-autocomplete')).to.deep.equal(['dist/program.cjs'])
  })

  it('has stack traces that name the sources, where DEBUG asks for them', async () => {
    const argv = ['deployment', 'organization-token', 'list', '--deployment-id', 'not-one']

    const {stderr} = await runCli(argv, {DEBUG: 'x', PATH: process.env.PATH})

    expect(stderr).to.match(/^ +at .*src\/lib\/selection\/ids\.ts:\d+:\d+\)$/m)
    expect(stderr).to.match(/^ +at .*src\/cli\/listing\.ts:\d+:\d+\)$/m)
  })
})
