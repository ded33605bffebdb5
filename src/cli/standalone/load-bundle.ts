import fs from 'node:fs'
import Module, {createRequire} from 'node:module'
import {dirname, isAbsolute, join} from 'node:path'
import {cachedDataVersionTag} from 'node:v8'
import {Script} from 'node:vm'

import {readCodeCache, writeCodeCache} from './code-cache.js'

export interface CacheOptions {
  /** Where cached code is; an absolute path. */
  readonly folder: string
  /** Differs between any two programs. */
  readonly hash: string
  /** The user's ID; undefined where files have no owner. */
  readonly owner: number | undefined
}

/** The folder for compiled code in the user's cache directory; undefined if none is named by an absolute path. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: string, home: string): string | undefined {
  const local = {darwin: join(home, 'Library', 'Caches'), win32: env.LOCALAPPDATA}[platform] ?? join(home, '.cache')
  const caches = [env.XDG_CACHE_HOME ?? '', local].find((path) => isAbsolute(path))
  return caches === undefined ? undefined : join(caches, 'astro-plugin-organization-token', 'code')
}

/**
 * Loads a CommonJS file as `require` does, but with the code that V8 compiled for earlier runs.
 *
 * @returns the file's exports, and a function that adds the code that has been compiled until then to the cache, unless
 *   code of this use is there. It never throws.
 */
export function loadBundle(
  file: string,
  {folder, hash, owner}: CacheOptions,
): {readonly exports: unknown; readonly save: (use: string) => void} {
  const path = join(folder, `${hash}-${cachedDataVersionTag()}-${process.arch}`)
  const cache = readCodeCache(path, owner)
  // The bundle is ASCII, which is read fastest as Latin-1.
  const source = `(function (exports, require, module, __filename, __dirname) {${fs.readFileSync(file, 'latin1')}\n})`
  const script = new Script(source, {filename: file, ...(cache && {cachedData: cache.code})})
  const uses = cache && script.cachedDataRejected === false ? cache.uses : []
  const module = Object.assign(new Module(file), {loaded: true})
  const require = createRequire(file)
  // oclif requires the file again, for its hooks.
  require.cache[file] = module
  const run = script.runInThisContext() as (...values: readonly unknown[]) => void
  run(module.exports, require, module, file, dirname(file))
  const save = (use: string) => {
    if (uses.includes(use)) return
    try {
      writeCodeCache(path, owner, () => ({code: script.createCachedData(), uses: [...uses, use]}))
    } catch {
      // The program has done its work, and the next run tries again.
    }
  }

  return {exports: module.exports, save}
}
