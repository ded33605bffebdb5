import {readFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {join} from 'node:path'

import {AstroError} from '../errors.js'

/** What `astro login` saved for one domain. All keys of the file are lower case. */
export interface SavedLogin {
  /** The access token alone, without the `Bearer ` that the file has before it. */
  readonly token: string
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
  loginTo(domain: string): SavedLogin | undefined
}

/** Where the Astro CLI keeps its config: under ASTRO_HOME, or the home directory where that is unset or empty. */
export function configPath(env: NodeJS.ProcessEnv): string {
  return join(env.ASTRO_HOME || homedir(), '.astro', 'config.yaml')
}

/**
 * Reads the config file; one that is not there reads as an empty one. Throws `config`, naming the file, when it cannot
 * be read or is not what the Astro CLI writes. The file is never written here.
 */
export async function readConfig(path: string): Promise<AstroConfig> {
  const root = mapping(await parse(path), path, 'the file')
  const contexts = mapping(root.contexts, path, 'contexts')
  return {
    path,
    context: text(root.context, path, 'context'),
    localCore: text(mapping(root.local, path, 'local').core, path, 'local.core'),
    loginTo(domain) {
      const key = domain.replaceAll('.', '_')
      const login = mapping(contexts[key], path, `contexts.${key}`)
      const field = (name: string) => text(login[name], path, `contexts.${key}.${name}`)
      const token = field('token')?.replace(/^bearer\s+/i, '')
      return token ? {token, expiresIn: field('expiresin'), organizationId: field('organization')} : undefined
    },
  }
}

async function parse(path: string): Promise<unknown> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    throw configError(path, `cannot be read (${code})`)
  })
  if (!content.trim()) return undefined

  const {parseDocument} = await import('yaml')
  const document = parseDocument(content, {prettyErrors: false})
  const [error] = document.errors
  if (error) {
    const line = content.slice(0, error.pos[0]).split('\n').length
    throw configError(path, `is not valid YAML (line ${line})`)
  }

  return document.toJS() as unknown
}

function mapping(value: unknown, path: string, what: string): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return {...value}
  throw configError(path, `has no mapping at ${what}`)
}

function text(value: unknown, path: string, what: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.trim() || undefined
  throw configError(path, `has no text at ${what}`)
}

function configError(path: string, problem: string): AstroError {
  return new AstroError('config', `The Astro CLI's config file ${path} ${problem}.`, {
    hint: 'Mend the file, or use a token instead: set ASTRO_API_TOKEN and ASTRO_DOMAIN',
  })
}
