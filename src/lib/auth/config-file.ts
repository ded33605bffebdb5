import {isAbsolute, join} from 'node:path'

import {type AstroError} from '../errors.js'
import {isToken} from './api-token.js'
import {parseYaml, readMapping, readText, readYamlText, yamlError, type YamlFile, type YamlSource} from './yaml-file.js'

/** The login that `astro login` saved for one domain. All keys of the file are lower case. */
export interface SavedLogin {
  /** The access token, without the `Bearer ` that precedes it in the file. */
  readonly token: string
  /** Undefined if the login cannot be refreshed. */
  readonly refreshToken: string | undefined
  /** When the access token expires (RFC 3339). */
  readonly expiresIn: string | undefined
  readonly organizationId: string | undefined
  /** The Workspace that the Astro CLI used last. */
  readonly workspaceId: string | undefined
}

/** The part of the Astro CLI's config file that this project reads. */
export interface AstroConfig {
  readonly path: string
  /** The current domain of the Astro CLI. */
  readonly context: string | undefined
  /** The API's address for the domain `localhost`. */
  readonly localCore: string | undefined
  /** The first entry that exists under these keys. Throws `config` if it is malformed. */
  findContext(keys: readonly string[]): SavedContext | undefined
}

/** An entry under `contexts`: the Astro CLI's data for one domain. */
export interface SavedContext {
  readonly key: string
  readonly organizationId: string | undefined
  /** Undefined if signed out: the token is missing, empty or a bare `Bearer`. */
  readonly login: SavedLogin | undefined
  /** Whether the Astro CLI left `Bearer ` as the token: on logout, or because the login is in the system keychain. */
  readonly mayBeInKeychain: boolean
}

/**
 * The path of the Astro CLI's config file: under ASTRO_HOME or, if that is unset or empty, under the home directory.
 * Undefined if that is not an absolute path, because with a relative one a cloned repository could provide the file.
 */
export function configPath(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const folder = env.ASTRO_HOME || home
  return isAbsolute(folder) ? join(folder, '.astro', 'config.yaml') : undefined
}

/**
 * Reads and parses the config file. A missing file counts as empty. Throws `config` as `readConfigText` and
 * `parseConfig` do.
 */
export async function readConfig(path: string): Promise<AstroConfig> {
  return parseConfig(path, await readConfigText(path))
}

/** The text of the config file; empty if there is no file. Throws `config` if it cannot be read. */
export async function readConfigText(path: string): Promise<string> {
  const file = describeConfigFile(path)
  const found = await readYamlText(file)
  if (found.kind === 'unsuitable') throw yamlError(file, found.problem)
  return found.kind === 'text' ? found.text : ''
}

/**
 * Parses the text of the config file. Throws `config`, which names the file and if possible the line, for a text that
 * the Astro CLI would not write.
 */
export async function parseConfig(path: string, content: string): Promise<AstroConfig> {
  const source = await parseYaml(describeConfigFile(path), content)
  const root = readMapping(source.data, source, [])
  const contexts = readMapping(root.contexts, source, ['contexts'])
  const local = readMapping(root.local, source, ['local'])
  return {
    path,
    context: readText(root.context, source, ['context']),
    localCore: readText(local.core, source, ['local', 'core']),
    findContext(keys) {
      const key = keys.find((each) => Object.hasOwn(contexts, each) && (contexts[each] ?? undefined) !== undefined)
      return key === undefined ? undefined : readContext(source, key, contexts[key])
    },
  }
}

function readContext(source: YamlSource, key: string, value: unknown): SavedContext {
  const place = ['contexts', key]
  const entry = readMapping(value, source, place)
  const field = (name: string) => readText(entry[name], source, [...place, name])
  const organizationId = field('organization')
  const token = field('token')?.replace(/^bearer(?:\s+|$)/i, '')
  if (token && !isToken(token)) throw invalidToken(source, [...place, 'token'])
  const login = {
    token,
    refreshToken: field('refreshtoken'),
    expiresIn: field('expiresin'),
    organizationId,
    workspaceId: field('workspace'),
  }
  return {
    key,
    organizationId,
    login: hasToken(login) ? login : undefined,
    mayBeInKeychain: entry.token === 'Bearer ' || entry.token === 'Bearer',
  }
}

function hasToken<T extends {readonly token: string | undefined}>(login: T): login is T & {readonly token: string} {
  return Boolean(login.token)
}

function invalidToken(source: YamlSource, keys: readonly string[]): AstroError {
  const line = source.lineOf(keys)
  return yamlError(
    {...source.file, hint: 'Log in again with the Astro CLI: astro login'},
    `has spaces, control or non-ASCII characters in the token at ${keys.join('.')}${line ? ` (line ${line})` : ''}`,
  )
}

function describeConfigFile(path: string): YamlFile {
  return {
    path,
    what: "The Astro CLI's config file",
    hint: 'Fix the file, or set ASTRO_API_TOKEN and ASTRO_DOMAIN instead',
  }
}
