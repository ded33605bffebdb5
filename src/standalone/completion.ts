import {type Config} from '@oclif/core/interfaces'
import {existsSync, mkdirSync} from 'node:fs'
import {dirname, join} from 'node:path'

import ZshFunctions from '../../node_modules/@oclif/plugin-autocomplete/lib/autocomplete/zsh.js'
import Create from '../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/create.js'
import Script from '../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/script.js'
import {AstroError} from '../lib/errors.js'
import {errorCode, shellWord} from '../lib/helpers.js'

/** What we use of the plugin's commands. Their types hide most of it. */
interface CompletionCommand {
  readonly autocompleteCacheDir: string
  readonly bashCompletionFunctionPath: string
  readonly bashFunctionsDir: string
  readonly config: Config
  readonly pwshFunctionsDir: string
  readonly zshFunctionsDir: string
  createFiles(): Promise<void>
  ensureDirs(): void
  log(text: string): void
  parse(command: typeof Script): Promise<{readonly args: {readonly shell?: string | undefined}}>
}

type Members = Record<string, unknown> & ThisType<CompletionCommand>

/** The command that writes the completion functions, and the setup that each shell reads at its start. */
const CREATE: Members = {
  get bashSetupScript() {
    return `source ${shellWord(this.bashCompletionFunctionPath)}\n`
  },
  get zshSetupScript() {
    return `fpath=(${shellWord(this.zshFunctionsDir)} $fpath)\nautoload -Uz compinit\ncompinit\n`
  },
  ensureDirs() {
    for (const path of [this.bashFunctionsDir, this.pwshFunctionsDir, this.zshFunctionsDir]) makeDirectory(path)
  },
  async run() {
    try {
      this.ensureDirs()
      await this.createFiles()
    } catch (error) {
      const reason = errorCode(error) ?? String(error)
      throw new AstroError('config', `Could not write the completion files (${reason}).`, {
        hint: 'Set XDG_CACHE_HOME to a directory that you can write to',
      })
    }
  },
}

const SCRIPT: Members = {
  async run() {
    const {args} = await this.parse(Script)
    this.log(setupLine(args.shell ?? this.config.shell, this.autocompleteCacheDir))
  },
}

/** Fixes @oclif/plugin-autocomplete, which quotes no paths, and completes the values of flags with file names in zsh. */
export function fixCompletion(): void {
  Object.defineProperties(Create.prototype, Object.getOwnPropertyDescriptors(CREATE))
  Object.defineProperties(Script.prototype, Object.getOwnPropertyDescriptors(SCRIPT))
  const generate = Reflect.get(ZshFunctions.prototype, 'generate')
  Object.assign(ZshFunctions.prototype, {
    generate(this: ZshFunctions) {
      return generate.call(this).replaceAll(':file:_files"', ':value: "').replaceAll('"*: :_files"', '"*: : "')
    },
  })
}

/** The plugin's instructions pass the line to `printf`, so that it is quoted for that as well. */
function setupLine(shell: string, directory: string): string {
  if (shell === 'powershell') {
    return `. '${join(directory, 'functions', 'powershell', 'astro.ps1').replaceAll("'", "''")}'`
  }

  const escapes: Readonly<Record<string, string>> = {'%': '045', "'": String.raw`\047`, '\\': String.raw`\134`}
  const path = join(directory, `${shell}_setup`).replaceAll(/[%'\\]/g, (character) => `\\${escapes[character] ?? ''}`)
  const variable = `ASTRO_AC_${shell.toUpperCase()}_SETUP_PATH`
  return `\n${variable}=$'${path}' && test -f "$${variable}" && source "$${variable}"; # astro autocomplete setup\n`
}

/** Not `recursive`, which never returns in procfs or below an autofs mount. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path)
}
