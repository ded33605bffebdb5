/**
 * Builds what is published. dist holds the sources with every library that they use, as ES modules: a file for each
 * command, and chunks for what several share and for what is imported only when it is needed.
 */
import {type Command, type Interfaces, Plugin} from '@oclif/core'
import {build, type Plugin as BuildPlugin, type Metafile} from 'esbuild'
import {copyFile, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {builtinModules} from 'node:module'
import {join, relative, resolve} from 'node:path'

import {keepMapsOfOurSources} from './source-maps.js'
import {thirdPartyNotices} from './third-party-notices.js'

/** Plugins whose commands the standalone program has; a host has its own, or none. */
const STANDALONE = ['node_modules/@oclif/plugin-autocomplete', 'node_modules/@oclif/plugin-help']

/** What CommonJS libraries expect to be there. */
const COMMONJS = [
  "import {createRequire as $createRequire} from 'node:module'",
  "import {fileURLToPath as $fileURLToPath} from 'node:url'",
  'const require = $createRequire(import.meta.url)',
  'const __filename = $fileURLToPath(import.meta.url)',
  "const __dirname = $fileURLToPath(new URL('.', import.meta.url))",
].join('\n')

/**
 * Node's own modules come by require, and only what is used of them is looked at. An import looks at all that a module
 * exports, and so loads what is behind its getters: behind those of node:http an HTTP client and WebSockets, behind
 * node:process the standard streams.
 */
const requireBuiltins: BuildPlugin = {
  name: 'require-builtins',
  setup(builder) {
    const namespace = 'builtin'
    builder.onResolve({filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`)}, ({importer, kind, path}) =>
      // One for each importer: what several share would be a chunk of its own.
      kind === 'import-statement' ? {namespace, path: `${path} for ${relative('', importer)}`} : undefined,
    )
    builder.onLoad({filter: /./, namespace}, async ({path}) => {
      const [name = ''] = path.split(' ')
      const names = Object.keys((await import(name)) as object).filter((key) => key !== 'default')
      const exports = names.map((key) => `export const ${key} = /* @__PURE__ */ (() => it.${key})()`)
      return {contents: [`const it = require('${name}')`, 'export default it', ...exports].join('\n')}
    })
  },
}

/**
 * Left out, because it is never used: got's support of HTTP/2, and what @oclif/core uses to find commands and plugins
 * without a manifest.
 */
const UNUSED: Readonly<Record<string, string>> = {
  'http2-wrapper': 'export default undefined',
  minimatch: 'export const minimatch = undefined',
  tinyglobby: 'export const glob = undefined',
}

const withoutUnused: BuildPlugin = {
  name: 'without-unused',
  setup(builder) {
    const namespace = 'unused'
    builder.onResolve({filter: new RegExp(`^(${Object.keys(UNUSED).join('|')})$`)}, ({path}) => ({namespace, path}))
    builder.onLoad({filter: /./, namespace}, ({path}) => ({contents: UNUSED[path] ?? ''}))
  },
}

/** Bundles everything into dist. */
async function bundle(standalone: readonly StandaloneCommand[]): Promise<Metafile> {
  const {metafile} = await build({
    alias: {
      ink: './src/lib/output/ink.ts',
      // React looks at NODE_ENV when it is loaded; to users it is never in development.
      react: './node_modules/react/cjs/react.production.min.js',
    },
    banner: {js: COMMONJS},
    bundle: true,
    chunkNames: 'chunks/[name]-[hash]',
    entryPoints: [
      {in: 'src/main.ts', out: 'main'},
      {in: 'src/cli/standalone/command-not-found.ts', out: 'cli/standalone/command-not-found'},
      ...standalone.map(({file, name}) => ({in: file, out: `standalone/${name}`})),
      'src/commands/**/*.ts',
    ],
    // Development tools that @oclif/core uses where they are there.
    external: ['pnpapi', 'ts-node', 'typescript'],
    format: 'esm',
    legalComments: 'none',
    metafile: true,
    minify: true,
    outbase: 'src',
    outdir: 'dist',
    platform: 'node',
    plugins: [requireBuiltins, withoutUnused],
    sourcemap: 'linked',
    splitting: true,
    target: 'node20',
  })
  return metafile
}

interface StandaloneCommand {
  readonly command: Command.Cached
  /** Where its code comes from. */
  readonly file: string
  /** What its file in dist/standalone is called. */
  readonly name: string
}

/** The commands that only the standalone program has, from the manifests of their plugins. */
async function standaloneCommands(): Promise<StandaloneCommand[]> {
  const ofPlugins = STANDALONE.map(async (plugin) => {
    const {commands} = await readJson<Interfaces.Manifest>(`${plugin}/oclif.manifest.json`)
    return Object.values(commands).map((command) => {
      const name = command.id.replaceAll(':', '-')
      const file = join(plugin, ...(command.relativePath ?? []))
      return {command: {...command, relativePath: ['standalone', `${name}.js`]}, file, name}
    })
  })
  return (await Promise.all(ofPlugins)).flat()
}

/** What the standalone program can do: our commands, and its own. */
async function manifest(standalone: readonly StandaloneCommand[]): Promise<Interfaces.Manifest> {
  const pjson = await readJson<Interfaces.PJSON>('package.json')
  const plugin = new Plugin({
    errorOnManifestCreate: true,
    ignoreManifest: true,
    isRoot: true,
    pjson: {...pjson, oclif: {...pjson.oclif, commands: './commands'}},
    respectNoCacheDefault: true,
    root: resolve('dist'),
  })
  await plugin.load()
  const others = Object.fromEntries(standalone.map(({command}) => [command.id, command]))
  return {...plugin.manifest, commands: {...plugin.manifest.commands, ...others}}
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}

await rm('dist', {force: true, recursive: true})
const standalone = await standaloneCommands()
const metafile = await bundle(standalone)
await keepMapsOfOurSources(metafile)
await writeFile('dist/oclif.manifest.json', JSON.stringify(await manifest(standalone)))
await writeFile('dist/THIRD-PARTY-NOTICES', await thirdPartyNotices(metafile))
await mkdir('dist/schemas')
for (const file of await readdir('schemas')) await copyFile(`schemas/${file}`, `dist/schemas/${file}`)
// Which file holds what is for tests. It is not in dist, since a host that installs the package looks for each entry of
// `files` by its name, and warns that one which leaves a file out is not there.
await mkdir('tmp', {recursive: true})
await writeFile('tmp/meta.json', JSON.stringify(metafile))
