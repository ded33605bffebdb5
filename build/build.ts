/**
 * Builds the published files, and bundles the libraries into them. Hosts get ES modules: a file for each command, with
 * chunks for shared code and for dynamic imports. The standalone program is one CommonJS file, so that all of its
 * compiled code can be cached, and a small file that loads it.
 */
import {type Command, type Interfaces, Plugin} from '@oclif/core'
import {build, type BuildOptions, type Metafile} from 'esbuild'
import {createHash} from 'node:crypto'
import {copyFile, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'

import {thirdPartyNotices} from './notices.js'
import {createLate, escapeNonAscii, leaveOutUnused, measureFast, requireBuiltins, requireLate} from './plugins.js'
import {mapOurSourcesOnly} from './source-maps.js'

/** Plugins whose commands the standalone program includes. A host decides on its own plugins. */
const STANDALONE = ['node_modules/@oclif/plugin-autocomplete', 'node_modules/@oclif/plugin-help']

/** The variables that CommonJS libraries expect. */
const COMMONJS = [
  "import {createRequire as $createRequire} from 'node:module'",
  "import {fileURLToPath as $fileURLToPath} from 'node:url'",
  'const require = $createRequire(import.meta.url)',
  'const __filename = $fileURLToPath(import.meta.url)',
  "const __dirname = $fileURLToPath(new URL('.', import.meta.url))",
].join('\n')

const SHARED = {
  alias: {
    'cli-spinners': './build/stand-ins/cli-spinners.ts',
    ejs: './build/stand-ins/ejs.ts',
    ink: './build/stand-ins/ink.ts',
    // React chooses its build by NODE_ENV, and users never need the development build.
    react: './node_modules/react/cjs/react.production.min.js',
    'wsl-utils': './build/stand-ins/wsl-utils.ts',
  },
  bundle: true,
  define: {'Intl.ListFormat': 'ListFormat', 'Intl.Segmenter': 'Segmenter'},
  // Development tools that @oclif/core uses if they are installed.
  external: ['pnpapi', 'ts-node', 'typescript'],
  inject: ['build/stand-ins/intl.ts'],
  legalComments: 'none',
  metafile: true,
  minify: true,
  platform: 'node',
  plugins: [requireBuiltins, requireLate, leaveOutUnused, measureFast, createLate],
  target: 'node20',
} as const satisfies BuildOptions

/** Builds the commands that hosts import. */
async function buildForHosts(): Promise<Metafile> {
  const {metafile} = await build({
    ...SHARED,
    banner: {js: COMMONJS},
    chunkNames: 'chunks/[name]-[hash]',
    entryPoints: ['src/commands/**/*.ts'],
    format: 'esm',
    outbase: 'src',
    outdir: 'dist',
    splitting: true,
  })
  return metafile
}

/** A command of the standalone program, with its manifest and its source file. */
interface StandaloneCommand {
  readonly command: Command.Cached
  readonly file: string
}

/** Our commands, as oclif finds them in dist, and those of other plugins, from their manifests; sorted by ID. */
async function standaloneCommands(pjson: Interfaces.PJSON): Promise<readonly StandaloneCommand[]> {
  const plugin = new Plugin({
    errorOnManifestCreate: true,
    ignoreManifest: true,
    isRoot: true,
    pjson,
    respectNoCacheDefault: true,
    root: resolve('.'),
  })
  await plugin.load()
  const ours = Object.values(plugin.manifest.commands).map((command) => ({
    command,
    file: join('src', 'commands', ...command.id.split(':')),
  }))
  const others = STANDALONE.map(async (folder) => {
    const {commands} = await readJson<Interfaces.Manifest>(`${folder}/oclif.manifest.json`)
    return Object.values(commands).map((command) => ({command, file: join(folder, ...(command.relativePath ?? []))}))
  })
  const all = [...ours, ...(await Promise.all(others)).flat()]
  return all.toSorted((one, other) => (one.command.id < other.command.id ? -1 : 1))
}

/** The source of the standalone program's entry module. */
function programSource({name, oclif, version}: Interfaces.PJSON, commands: readonly StandaloneCommand[]): string {
  const cached = Object.fromEntries(commands.map(({command}) => [command.id, command]))
  const imports = commands.map(({command, file}) => `'${command.id}': () => import('./${file.replaceAll('\\', '/')}')`)
  return `
    import {createProgram} from './src/standalone/program.ts'
    export {commandNotFound} from './src/standalone/errors.ts'
    export {StandaloneHelp} from './src/standalone/help.ts'
    export const {loadedCommands, run} = createProgram({
      file: __filename,
      pjson: ${JSON.stringify({name, version, oclif})},
      commands: ${JSON.stringify(cached)},
      load: {${imports.join(',\n')}},
    })`
}

const COMMONJS_FILE = {
  ...SHARED,
  define: {...SHARED.define, 'import.meta.dirname': '__dirname'},
  format: 'cjs',
  plugins: [...SHARED.plugins, escapeNonAscii],
  // On Node.js 20, import() fails in a script that Node.js did not load itself.
  supported: {'dynamic-import': false},
} as const satisfies BuildOptions

/** The names that Node.js gives to a CommonJS file. */
const NAMES = 'exports, require, module, __filename, __dirname'

/** Builds the standalone program and the file that loads it. */
async function buildProgram(source: string): Promise<Metafile> {
  const program = await build({
    ...COMMONJS_FILE,
    // The loader compiles only the function. Node.js itself, which loads the file for DEBUG, also calls it.
    banner: {js: `(function (${NAMES}) {`},
    footer: {js: `})(${NAMES})`},
    outfile: 'dist/program.cjs',
    sourcemap: 'linked',
    sourcesContent: false,
    stdin: {contents: source, resolveDir: '.', sourcefile: 'program.js'},
  })
  // Tests need the complete map, like tmp/meta.json.
  await copyFile('dist/program.cjs.map', 'tmp/program.cjs.map')
  await mapOurSourcesOnly('dist/program.cjs.map')
  const hash = createHash('sha256')
    .update(await readFile('dist/program.cjs'))
    .digest('hex')
  const main = await build({
    ...COMMONJS_FILE,
    define: {...COMMONJS_FILE.define, BUNDLE_HASH: JSON.stringify(hash.slice(0, 16))},
    entryPoints: ['src/standalone/main.ts'],
    outfile: 'dist/main.cjs',
  })
  return {
    inputs: {...program.metafile.inputs, ...main.metafile.inputs},
    outputs: {...program.metafile.outputs, ...main.metafile.outputs},
  }
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}

await rm('dist', {force: true, recursive: true})
await mkdir('tmp', {recursive: true})
const pjson = await readJson<Interfaces.PJSON>('package.json')
const hosts = await buildForHosts()
const program = await buildProgram(programSource(pjson, await standaloneCommands(pjson)))
const metafile: Metafile = {
  inputs: {...hosts.inputs, ...program.inputs},
  outputs: {...hosts.outputs, ...program.outputs},
}
await writeFile('dist/THIRD-PARTY-NOTICES', thirdPartyNotices(metafile))
await mkdir('dist/schemas')
for (const file of await readdir('schemas')) await copyFile(`schemas/${file}`, `dist/schemas/${file}`)
// Tests need the metafile. It is not in dist: to exclude it from the package, `files` would need a negated entry, and a
// host that installs the package warns that it cannot find such an entry.
await writeFile('tmp/meta.json', JSON.stringify(metafile))
