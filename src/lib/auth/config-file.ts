import {isAbsolute, join} from 'node:path'

import {type Clock} from '../context.js'
import {contextKeys} from './domain.js'
import {parseYaml, readMapping, readText, readYamlText, yamlError, type YamlFile, type YamlSource} from './yaml.js'

export interface SavedLogin {
  /** The access token, without the `Bearer ` that precedes it in the file. */
  readonly token: string
  /** Undefined if the login cannot be refreshed. */
  readonly refreshToken: string | undefined
  /** When the access token expires, in milliseconds since 1970; Infinity if that is unknown. */
  readonly expiresAt: number
  readonly organizationId: string | undefined
}

export interface AstroConfig {
  readonly path: string
  readonly text: string
  /** The current domain of the Astro CLI. */
  readonly context: string | undefined
  /** The API's address for the domain `localhost`. */
  readonly localCore: string | undefined
  /** The first entry that exists under these keys. Its `read` throws `config` if it is malformed. */
  readonly findContext: (
    keys: readonly string[],
  ) => undefined | {readonly key: string; readonly read: () => SavedContext}
}

/** An entry under `contexts`: the Astro CLI's data for one domain. */
export interface SavedContext {
  readonly domain: string | undefined
  readonly organizationId: string | undefined
  /** Undefined if signed out: the token is missing, empty or a bare `Bearer`. */
  readonly login: SavedLogin | undefined
  /** Whether the Astro CLI left `Bearer ` as the token: on logout, or because the login is in the system keychain. */
  readonly mayBeInKeychain: boolean
}

/** The Astro CLI truncates the file and writes it a moment later. */
const READS = 6
const PAUSE_MS = 20

/** Returns undefined for a relative path, because a cloned repository could provide the file. */
export function configPath(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const folder = env.ASTRO_HOME || home
  return isAbsolute(folder) ? join(folder, '.astro', 'config.yaml') : undefined
}

/** Rereads a file that the Astro CLI may still be writing. Throws `config` if it is unreadable or malformed. */
export async function readConfig(path: string, {sleep}: Pick<Clock, 'sleep'>): Promise<AstroConfig> {
  for (let reads = 1; ; reads++) {
    const found = readYamlText(describeConfigFile(path))
    if (found.kind === 'unsuitable') throw yamlError(describeConfigFile(path), found.problem)
    const config = await parseConfig(path, found.kind === 'text' ? found.text : '')
    if (found.kind === 'absent' || isComplete(config) || reads === READS) return config
    await sleep(PAUSE_MS)
  }
}

function isComplete({context, findContext, text}: AstroConfig): boolean {
  return text.trim() !== '' && (context === undefined || findContext(contextKeys(context)) !== undefined)
}

/** Parses the text of the config file. Throws `config` for a text that the Astro CLI would not write. */
export async function parseConfig(path: string, content: string): Promise<AstroConfig> {
  const source = await parseYaml(describeConfigFile(path), content)
  const root = readMapping(source.data, source, [])
  const contexts = readMapping(root.contexts, source, ['contexts'])
  const local = readMapping(root.local, source, ['local'])
  return {
    path,
    text: content,
    context: readText(root.context, source, ['context']),
    localCore: readText(local.core, source, ['local', 'core']),
    findContext(keys) {
      const key = keys.find((each) => Object.hasOwn(contexts, each) && contexts[each] !== null)
      return key === undefined ? undefined : {key, read: () => readContext(source, key, contexts[key])}
    },
  }
}

function readContext(source: YamlSource, key: string, value: unknown): SavedContext {
  const entry = readMapping(value, source, ['contexts', key])
  const field = (name: string) => readText(entry[name], source, ['contexts', key, name])
  const organizationId = field('organization')
  const token = field('token')?.replace(/^bearer(?:\s+|$)/i, '')
  const expiresAt = Date.parse(field('expiresin') ?? '')
  const rest = {
    refreshToken: field('refreshtoken'),
    expiresAt: Number.isNaN(expiresAt) ? Infinity : expiresAt,
    organizationId,
  }
  return {
    domain: field('domain'),
    organizationId,
    login: token ? {token, ...rest} : undefined,
    mayBeInKeychain: entry.token === 'Bearer ' || entry.token === 'Bearer',
  }
}

function describeConfigFile(path: string): YamlFile {
  return {
    path,
    what: "The Astro CLI's config file",
    hint: 'Fix the file, or set ASTRO_API_TOKEN and ASTRO_DOMAIN instead',
  }
}
