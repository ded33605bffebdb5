import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {runCli} from '../support/run-cli.js'
import {outputs, ROOT} from './support.js'

interface Packed {
  readonly files: readonly {readonly path: string}[]
  readonly unpackedSize: number
}

interface SourceMap {
  readonly sources: readonly string[]
  readonly sourcesContent: readonly string[]
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
    expect(unpackedSize).to.be.below(3 * MEGABYTE)
    const {dependencies, optionalDependencies, peerDependencies} = JSON.parse(read('package.json')) as Packed &
      Record<string, unknown>
    expect([dependencies, optionalDependencies, peerDependencies]).to.deep.equal([undefined, undefined, undefined])
  })

  it('holds the bundle and what npm wants, and nothing of the sources', () => {
    expect(paths.filter((path) => !path.startsWith('dist/'))).to.have.members([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/run.js',
      'oclif.manifest.json',
      'package.json',
    ])
    const schemas = readdirSync(join(ROOT, 'schemas')).map((file) => `dist/schemas/${file}`)
    expect(paths).to.include.members(schemas)
    const built = ['dist/oclif.manifest.json', 'dist/THIRD-PARTY-NOTICES', ...schemas, ...Object.keys(outputs)]
    expect(built).to.include.members(paths.filter((path) => path.startsWith('dist/')))
  })

  it('has source maps that lead to our sources alone, with their text', () => {
    const maps = paths.filter((path) => path.endsWith('.map'))
    const sources = maps.flatMap((path) => {
      const {sources, sourcesContent} = JSON.parse(read(path)) as SourceMap
      return sources.map((source, index) => ({path: join(dirname(path), source), text: sourcesContent[index]}))
    })
    expect(sources.map(({path}) => path)).to.include.members([
      'src/cli/base-command.ts',
      'src/commands/deployment/organization-token/add.ts',
      'src/lib/astro-api/http.ts',
      'src/main.ts',
    ])
    for (const {path, text} of sources) expect(text).to.equal(read(path), path)
  })

  it('names a source map where there is one', () => {
    for (const path of paths.filter((one) => /^dist\/.*\.js$/.test(one))) {
      const [, map] = /\/\/# sourceMappingURL=(.+)\n$/.exec(read(path)) ?? []
      expect(map !== undefined, path).to.equal(paths.includes(`${path}.map`))
    }
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
    const [ours, standalone] = ['oclif.manifest.json', 'dist/oclif.manifest.json'].map((path) => {
      const {commands} = JSON.parse(read(path)) as {commands: Record<string, unknown>}
      return Object.keys(commands)
    })
    expect(ours?.every((id) => id.startsWith('deployment:'))).to.equal(true)
    expect(standalone).to.have.members([
      ...(ours ?? []),
      'autocomplete',
      'autocomplete:create',
      'autocomplete:script',
      'help',
    ])
    expect(JSON.parse(read('package.json'))).not.to.have.nested.property('oclif.plugins')
  })

  it('has stack traces that name the sources, where DEBUG asks for them', async () => {
    const argv = ['deployment', 'organization-token', 'list', '--deployment-id', 'not-one']

    const {stderr} = await runCli(argv, {DEBUG: 'x', PATH: process.env.PATH})

    expect(stderr).to.match(/^ +at .*src\/lib\/selection\/ids\.ts:\d+:\d+\)$/m)
    expect(stderr).to.match(/^ +at .*src\/commands\/deployment\/organization-token\/list\.ts:\d+:\d+\)$/m)
  })
})
