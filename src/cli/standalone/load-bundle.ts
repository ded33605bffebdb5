import fs from 'node:fs'
import Module, {createRequire} from 'node:module'
import {dirname, isAbsolute, join} from 'node:path'
import {cachedDataVersionTag} from 'node:v8'
import {Script} from 'node:vm'

import {readCodeCache, writeCodeCache} from './code-cache.js'

export interface CacheOptions {
  /** The folder of cached code; an absolute path. */
  readonly folder: string
  /** Identifies the program: a hash of the bundle. */
  readonly hash: string
  /** The user's ID; undefined on Windows, where files have no owner. */
  readonly owner: number | undefined
}

/** The folder for compiled code in the user's cache directory; undefined if there is no absolute path to that. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: string, home: string): string | undefined {
  const local = {darwin: join(home, 'Library', 'Caches'), win32: env.LOCALAPPDATA}[platform] ?? join(home, '.cache')
  const caches = [env.XDG_CACHE_HOME ?? '', local].find((path) => isAbsolute(path))
  return caches === undefined ? undefined : join(caches, 'astro-plugin-organization-token', 'code')
}

/**
 * Loads a CommonJS file as `require` does, but with the code that V8 compiled in earlier runs.
 *
 * Returns the file's exports and `save`, which adds the code compiled so far to the cache, unless the cache already
 * covers this use. `save` never throws.
 */
export function loadBundle(
  file: string,
  {folder, hash, owner}: CacheOptions,
): {readonly exports: unknown; readonly save: (use: string) => void} {
  const path = join(folder, `${hash}-${cachedDataVersionTag()}-${process.arch}`)
  const cache = readCodeCache(path, owner)
  // The bundle is ASCII, and Latin-1 is the fastest way to read that.
  const source = `(function (exports, require, module, __filename, __dirname) {${fs.readFileSync(file, 'latin1')}\n})`
  const script = new Script(source, {filename: file, ...(cache && {cachedData: cache.code})})
  const uses = cache && script.cachedDataRejected === false ? cache.uses : []
  const module = Object.assign(new Module(file), {loaded: true})
  const require = createRequire(file)
  // oclif requires the file again for its hooks.
  require.cache[file] = module
  const run = script.runInThisContext() as (...values: readonly unknown[]) => void
  run(module.exports, require, module, file, dirname(file))
  const save = (use: string) => {
    if (uses.includes(use)) return
    try {
      writeCodeCache(path, owner, () => ({code: script.createCachedData(), uses: [...uses, use]}))
    } catch {
      // The command has already succeeded, and the next run tries again.
    }
  }

  return {exports: module.exports, save}
}
