import {isAbsolute, join} from 'node:path'

import {type AstroError} from '../errors.js'
import {isToken} from './api-token.js'
import {logInHint} from './domain.js'
import {mappingAt, parseYaml, readYamlText, textAt, yamlError, type YamlFile, type YamlSource} from './yaml-file.js'

/** What `astro login` saved for one domain. All keys of the file are lower case. */
export interface SavedLogin {
  /** The access token alone, without the `Bearer ` that the file has before it. */
  readonly token: string
  /** Gets another access token; undefined where there is none. */
  readonly refreshToken: string | undefined
  /** When the access token expires, RFC 3339. */
  readonly expiresIn: string | undefined
  readonly organizationId: string | undefined
  /** The Workspace that was chosen last. */
  readonly workspaceId: string | undefined
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

/**
 * Where the Astro CLI keeps its config: under ASTRO_HOME or, if that is unset or empty, the home directory. Undefined if
 * that is not an absolute path: a relative one would make the config file of any cloned repository the user's own.
 */
export function configPath(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const folder = env.ASTRO_HOME || home
  return isAbsolute(folder) ? join(folder, '.astro', 'config.yaml') : undefined
}

/** Where in the config file the login to a domain stands: the keys that lead there. */
export function loginKeys(domain: string): readonly [string, string] {
  return ['contexts', domain.replaceAll('.', '_')]
}

/** Reads the config file; one that is not there reads as an empty one. Throws as its two steps below do. */
export async function readConfig(path: string): Promise<AstroConfig> {
  return parseConfig(path, await readConfigText(path))
}

/** The whole text of the config file; empty where there is no file. Throws `config` when it cannot be read. */
export async function readConfigText(path: string): Promise<string> {
  const file = configFile(path)
  const found = await readYamlText(file)
  if (found.kind === 'unsuitable') throw yamlError(file, found.problem)
  return found.kind === 'text' ? found.text : ''
}

/**
 * What the text of the config file says. Throws `config`, naming the file and where it can the line, for a text that
 * is not what the Astro CLI writes.
 */
export async function parseConfig(path: string, content: string): Promise<AstroConfig> {
  const source = await parseYaml(configFile(path), content)
  const root = mappingAt(source.data, source, [])
  const contexts = mappingAt(root.contexts, source, ['contexts'])
  const local = mappingAt(root.local, source, ['local'])
  return {
    path,
    context: textAt(root.context, source, ['context']),
    localCore: textAt(local.core, source, ['local', 'core']),
    loginTo(domain) {
      const keys = loginKeys(domain)
      const login = mappingAt(contexts[keys[1]], source, keys)
      const field = (name: string) => textAt(login[name], source, [...keys, name])
      const token = field('token')?.replace(/^bearer\s+/i, '')
      if (token && !isToken(token)) throw invalidToken(source, keys, domain)
      const [refreshToken, expiresIn, organizationId, workspaceId] = [
        'refreshtoken',
        'expiresin',
        'organization',
        'workspace',
      ].map((name) => field(name))
      return token ? {token, refreshToken, expiresIn, organizationId, workspaceId} : undefined
    },
  }
}

function invalidToken(source: YamlSource, keys: readonly string[], domain: string): AstroError {
  const place = [...keys, 'token']
  const line = source.lineOf(place)
  return yamlError(
    {...source.file, hint: logInHint({name: domain}, 'Log in again')},
    `has spaces, control or non-ASCII characters in the token at ${place.join('.')}${line ? ` (line ${line})` : ''}`,
  )
}

function configFile(path: string): YamlFile {
  return {
    path,
    what: "The Astro CLI's config file",
    hint: 'Mend the file, or use a token instead: set ASTRO_API_TOKEN and ASTRO_DOMAIN',
  }
}
