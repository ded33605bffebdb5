import {accessSync, closeSync, constants, openSync, readSync, statSync} from 'node:fs'
import {delimiter, isAbsolute, join, resolve} from 'node:path'

import {realPathOf} from '../lib/helpers.js'

/** An executable called `astro`. */
export interface OtherAstro {
  readonly file: string
  readonly realPath: string
}

/** Only an .exe on Windows: a shell runs `.cmd` and `.bat` files there, and would change the arguments. */
const NAME = process.platform === 'win32' ? 'astro.exe' : 'astro'

/** Directories of a project's own programs. The working directory must not decide which program runs. */
const PROJECT_BIN = /[/\\]node_modules[/\\]\.bin$/

/** The path of this program where npm installs it, also in pnpm's shim. */
const OUR_BIN = '/astro-plugin-organization-token/bin/run.js'
const SHIM_BYTES = 8192

/** Finds the other programs called `astro`, in the order of PATH, except those whose real paths were tried. */
export function findOtherAstros({PATH = ''}: NodeJS.ProcessEnv, tried: readonly string[] = []): OtherAstro[] {
  const except = new Set([ourPath(), ...tried])
  return PATH.split(delimiter).flatMap((folder) => {
    const spellings = [resolve(folder), realPathOf(folder)]
    if (!isAbsolute(folder) || spellings.some((spelling) => PROJECT_BIN.test(spelling))) return []
    const file = join(folder, NAME)
    const realPath = realPathOf(file)
    return except.has(realPath) || !isExecutable(realPath) || isOurShim(realPath) ? [] : [{file, realPath}]
  })
}

/** The real path of this program. */
export function ourPath(): string {
  return realPathOf(process.argv[1] ?? '')
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function isOurShim(file: string): boolean {
  const bytes = Buffer.alloc(SHIM_BYTES)
  try {
    const descriptor = openSync(file, 'r')
    const start = bytes.toString('utf8', 0, readSync(descriptor, bytes))
    closeSync(descriptor)
    return start.startsWith('#!') && start.includes(OUR_BIN)
  } catch {
    return false
  }
}

const INSTALL_PAGE = 'https://www.astronomer.io/docs/astro/cli/install-cli'

/** Adds to a hint that names `astro login` how to get the Astro CLI, if PATH has no other program called `astro`. */
export function withInstallation(hint: string, env: NodeJS.ProcessEnv): string {
  if (!/\bastro login\b/.test(hint)) return hint
  if (findOtherAstros(env).some(({realPath}) => !realPath.endsWith(OUR_BIN))) return hint
  return `The Astro CLI is not on your PATH (install it: ${INSTALL_PAGE}). ${hint}`
}
