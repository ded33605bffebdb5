/**
 * Runs the commands in the `console` blocks of the given pages, and replaces the output below each. The commands of a
 * page run in order, with one emulated Astro API, and print to a terminal with 80 columns. stderr goes to a file, so
 * that no prompt or spinner appears, and its content follows stdout. Also updates the package's version in the commands
 * that install it.
 */
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {readFile, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {startAstroApi} from '../test/astro-api/server.js'
import {pathWith, programFolder} from '../test/support/programs.js'
import {type Env, envFor, finished, onTerminal} from '../test/support/run-cli.js'

const COLUMNS = 80
const BLOCK = /(?<=^```console\n)([\s\S]*?)(?=^```$)/m
/** A command, with the lines that continue it after a backslash. */
const COMMAND = /^\$ (?:.*\\\n)*.*$/gm

const {name, version} = JSON.parse(readFileSync('package.json', 'utf8')) as {name: string; version: string}
const folder = mkdtempSync(join(tmpdir(), 'astro-samples-'))
const stderrFile = join(folder, 'stderr.txt')

async function outputOf(command: string, env: Env): Promise<string> {
  const line = `stty cols ${COLUMNS}; { ${command}\n} 2>'${stderrFile}'`
  const run = await finished(spawn('script', onTerminal(line), {cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe']}))
  const output = run.stdout.replaceAll('\r\n', '\n') + readFileSync(stderrFile, 'utf8')
  return output.replaceAll(/[\t ]+$/gm, '')
}

async function withNewOutput(block: string, env: Env): Promise<string> {
  let text = ''
  for (const [command] of block.matchAll(COMMAND)) text += `${command}\n${await outputOf(command.slice(2), env)}`
  return `${text.trimEnd()}\n`
}

async function updatePage(page: string): Promise<void> {
  const api = await startAstroApi()
  try {
    const env = envFor(api, {NO_COLOR: '1', PATH: pathWith(programFolder()), TERM: 'xterm'})
    let updated = ''
    // Every other part is a block.
    for (const [index, part] of (await readFile(page, 'utf8')).split(BLOCK).entries()) {
      updated += index % 2 === 0 ? part : await withNewOutput(part, env)
    }

    await writeFile(page, updated.replaceAll(new RegExp(String.raw`(?<=${name}@)\d+\.\d+\.\d+`, 'g'), version))
    if (api.violations.length > 0) throw new Error(api.violations.join('\n'))
  } finally {
    await api.close()
  }
}

for (const page of process.argv.slice(2)) await updatePage(page)
rmSync(folder, {recursive: true})
