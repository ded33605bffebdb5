import {readFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {join} from 'node:path'

import {AstroError} from '../errors.js'

/** What `astro login` saved for one domain. All keys of the file are lower case. */
export interface SavedLogin {
  /** The access token alone, without the `Bearer ` that the file has before it. */
  readonly token: string
  /** Gets another access token; undefined where there is none. */
  readonly refreshToken: string | undefined
  /** When the access token expires, RFC 3339. */
  readonly expiresIn: string | undefined
  readonly organizationId: string | undefined
}

/** The part of the Astro CLI's config file that this project reads. */
export interface AstroConfig {
  readonly path: string
  /** The domain that is logged in to. */
  readonly context: string | undefined
  /** Address of the API for the domain `localhost`. */
  readonly localCore: string | undefined
  /** Throws `config` where the entry is not what the Astro CLI writes. */
  loginTo(domain: string): SavedLogin | undefined
}

/** A parsed file: its data, and where in the text something stands. */
interface Source {
  readonly path: string
  readonly data: unknown
  /** Counted from 1; 0 where it is not known. */
  lineOf(keys: readonly string[]): number
}

/** Where the Astro CLI keeps its config: under ASTRO_HOME, or the home directory where that is unset or empty. */
export function configPath(env: NodeJS.ProcessEnv): string {
  return join(env.ASTRO_HOME || homedir(), '.astro', 'config.yaml')
}

/** Where in the config file the login to a domain stands: the keys that lead there. */
export function loginKeys(domain: string): readonly [string, string] {
  return ['contexts', domain.replaceAll('.', '_')]
}

/** Reads the config file; one that is not there reads as an empty one. Throws as its two steps below do. */
export async function readConfig(path: string): Promise<AstroConfig> {
  return parseConfig(path, await readConfigText(path))
}

/**
 * The whole text of the config file, a byte order mark included; empty where there is no file. Throws `config`, naming
 * the file, when it cannot be read or is not text.
 */
export async function readConfigText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT' || code === 'ENOTDIR') return Buffer.of()
    throw configError(path, `cannot be read (${code})`)
  })
  try {
    return new TextDecoder('utf8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    throw configError(path, 'is not UTF-8 text')
  }
}

/**
 * What the text of the config file says. Throws `config`, naming the file and where it can the line, for a text that
 * is not what the Astro CLI writes.
 */
export async function parseConfig(path: string, content: string): Promise<AstroConfig> {
  const source = await parse(path, content)
  const root = mapping(source.data, source, [])
  const contexts = mapping(root.contexts, source, ['contexts'])
  const local = mapping(root.local, source, ['local'])
  return {
    path,
    context: text(root.context, source, ['context']),
    localCore: text(local.core, source, ['local', 'core']),
    loginTo(domain) {
      const keys = loginKeys(domain)
      const login = mapping(contexts[keys[1]], source, keys)
      const field = (name: string) => text(login[name], source, [...keys, name])
      const token = field('token')?.replace(/^bearer\s+/i, '')
      const [refreshToken, expiresIn, organizationId] = ['refreshtoken', 'expiresin', 'organization'].map((name) =>
        field(name),
      )
      return token ? {token, refreshToken, expiresIn, organizationId} : undefined
    },
  }
}

async function parse(path: string, content: string): Promise<Source> {
  if (!content.trim()) return {path, data: null, lineOf: () => 0}
  const {isNode, parseDocument} = await import('yaml')
  const document = parseDocument(content, {logLevel: 'error', prettyErrors: false})
  const lineAt = (offset: number) => content.slice(0, offset).split('\n').length
  const [error] = document.errors
  if (error) throw configError(path, `is not valid YAML (line ${lineAt(error.pos[0])})`)
  try {
    const data: unknown = document.toJS()
    return {
      path,
      data,
      lineOf(keys) {
        const node = document.getIn(keys, true)
        return isNode(node) && node.range ? lineAt(node.range[0]) : 0
      },
    }
  } catch {
    throw configError(path, 'has an alias of nothing, or too many')
  }
}

function mapping(value: unknown, source: Source, keys: readonly string[]): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return {...value}
  throw wrongType('mapping', source, keys)
}

function text(value: unknown, source: Source, keys: readonly string[]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.trim() || undefined
  throw wrongType('text', source, keys)
}

function wrongType(wanted: string, source: Source, keys: readonly string[]): AstroError {
  const line = source.lineOf(keys)
  return configError(source.path, `has no ${wanted} at ${keys.join('.') || 'the file'}${line ? ` (line ${line})` : ''}`)
}

function configError(path: string, problem: string): AstroError {
  return new AstroError('config', `The Astro CLI's config file ${path} ${problem}.`, {
    hint: 'Mend the file, or use a token instead: set ASTRO_API_TOKEN and ASTRO_DOMAIN',
  })
}
