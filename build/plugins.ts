import {type Plugin} from 'esbuild'
import {readFile} from 'node:fs/promises'
import {builtinModules} from 'node:module'
import {relative} from 'node:path'

/**
 * Replaces imports of Node.js modules with `require`, and reads only the exports that the code uses. An import reads
 * all exports of a module, and so loads everything behind its getters: an HTTP client and WebSockets for node:http, the
 * standard streams for node:process.
 */
export const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup(builder) {
    const namespace = 'builtin'
    builder.onResolve({filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`)}, ({importer, kind, path}) =>
      // A separate module for each importer, because esbuild would move a shared one into a chunk of its own.
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
 * Puts the value of each constant where the source uses it. `constants` matches the statement, the name, and the parts
 * from which `valueOf` makes the value.
 */
function evaluateLate(text: string, constants: RegExp, valueOf: (...parts: readonly string[]) => string): string {
  let source = text.replaceAll(constants, '')
  for (const [, name = '', ...parts] of text.matchAll(constants)) {
    source = source.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), () => valueOf(...parts))
  }

  return source
}

/**
 * Lets @oclif/core load a module when it first uses it, if it is its own, of another library, or one of Node.js that few
 * runs need. Otherwise it would load half of them in vain.
 */
export const requireLate: Plugin = {
  name: 'require-late',
  setup(builder) {
    const modules = /(?!node:)[^"]+|node:(?:child_process|fs\/promises|perf_hooks|readline)/.source
    const late = new RegExp(String.raw`^(?:const|var) (\w+_\d+) = (.*\brequire\("(?:${modules})"\).*);$`, 'gm')
    builder.onLoad({filter: /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/}, async ({path}) => {
      const contents = evaluateLate(await readFile(path, 'utf8'), late, (value) => `(${value})`)
      // Few users have a theme, which oclif reads at each start.
      return {contents: contents.replace('return await readJson(', 'if (existsSync(path)) return await readJson(')}
    })
  },
}

/**
 * Modules that the program never uses. got needs them for HTTP/2 and to cache DNS answers and responses. @oclif/core
 * needs them to find commands and plugins without a manifest, to read a package.json and to check the version of
 * Node.js. @oclif/table needs object-hash for the keys of React, which nothing reads, and natural-orderby to sort, which
 * we do ourselves. ansi-styles needs color-convert for colors beyond the sixteen.
 */
const UNUSED: Readonly<Record<string, string>> = {
  'cacheable-lookup': 'export default undefined',
  'cacheable-request': 'export default undefined; export class CacheError {}',
  'color-convert': '',
  'http2-wrapper': 'export default undefined',
  lilconfig: '',
  minimatch: 'export const minimatch = undefined',
  'natural-orderby': 'export const orderBy = undefined',
  'object-hash': "export const sha1 = () => ''",
  semver: '',
  tinyglobby: 'export const glob = undefined',
}

export const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup(builder) {
    const namespace = 'unused'
    builder.onResolve({filter: new RegExp(`^(${Object.keys(UNUSED).join('|')})$`)}, ({path}) => ({namespace, path}))
    builder.onLoad({filter: /./, namespace}, ({path}) => ({contents: UNUSED[path] ?? ''}))
  },
}

/**
 * Lets the help and the table library measure texts with our function. Their versions of string-width take ten times as
 * long for an ellipsis. The prompt library keeps its own, because it measures each row a hundred times.
 */
export const measureFast: Plugin = {
  name: 'measure-fast',
  setup(builder) {
    const namespace = 'string-width'
    builder.onResolve({filter: /^string-width$/}, ({importer, path}) =>
      importer.includes('node_modules') && !importer.includes('@inquirer') ? {namespace, path} : undefined,
    )
    builder.onLoad({filter: /./, namespace}, () => ({
      contents: `
        const {stripVTControlCharacters} = require('node:util')
        const {widthOf} = require('./src/lib/output/display-width.ts')
        module.exports = (text) => widthOf(text.includes('\\u001B') ? stripVTControlCharacters(text) : text)`,
      resolveDir: '.',
    }))
  },
}

/**
 * Lets string-width create its patterns when a text needs them. That of all emoji takes 25 ms, and a literal of it takes
 * as long to parse.
 */
export const createLate: Plugin = {
  name: 'create-late',
  setup(builder) {
    const patterns = /^const (\w+) = \/(.+)\/(\w*);$/gm
    builder.onLoad({filter: /[\\/]string-width[\\/]index\.js$/}, async ({path}) => {
      const text = await readFile(path, 'utf8')
      const contents = evaluateLate(
        text,
        patterns,
        (source, flags) => `new RegExp(${JSON.stringify(source)}, '${flags}')`,
      )
      return {contents}
    })
  },
}

/** Replaces non-ASCII characters with escapes. esbuild does so too, but not in regular expressions. */
export const escapeNonAscii: Plugin = {
  name: 'escape-non-ascii',
  setup(builder) {
    builder.onLoad({filter: /[\\/](?:ansis|src)[\\/].*\.[jt]s$/}, async ({path}) => {
      const text = await readFile(path, 'utf8')
      return {contents: text.replaceAll(/[^\0-\u007F]/g, escapeUnit), loader: 'default'}
    })
  },
}

/** The escape of a UTF-16 unit. */
function escapeUnit(unit: string): string {
  return `\\u${unit.codePointAt(0)?.toString(16).padStart(4, '0') ?? ''}`
}
