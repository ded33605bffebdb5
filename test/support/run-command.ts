import {type Command, Config} from '@oclif/core'
import {captureOutput} from '@oclif/test'
import {expect} from 'chai'
import {syncBuiltinESMExports} from 'node:module'
import os from 'node:os'
import {fileURLToPath} from 'node:url'

import {documentsLike} from './documents.js'
import {newFolder} from './run-cli.js'

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Whether stdout and stderr count as terminals. */
  readonly terminal?: boolean
}

export type Run = Awaited<ReturnType<typeof runCommand>>

type CommandClass = typeof Command & {run(argv: string[], config: Config): Promise<unknown>}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const EMPTY_HOME = newFolder('empty-home')

/**
 * Runs a command in this process, where nock can respond: without variables of Astro except those given, with a home
 * without a login, and for a user without locks. `error` is what a program that called the command would catch.
 */
export async function runCommand(
  CommandToRun: CommandClass,
  argv: readonly string[],
  {env = {}, terminal = false}: RunOptions = {},
) {
  const config = await Config.load(ROOT)
  const restoreEnv = replaceEnv({ASTRO_HOME: EMPTY_HOME, ...env})
  const restoreUser = setUserHome(newFolder('user'))
  const restoreTerminal = [setTerminal(process.stdout, terminal), setTerminal(process.stderr, terminal)]
  try {
    process.exitCode = undefined
    const {error, stderr, stdout} = await captureOutput(async () => CommandToRun.run([...argv], config), {
      testNodeEnv: 'production',
    })
    return {error, exit: Number(Reflect.get(process, 'exitCode') ?? 0), stderr, stdout}
  } finally {
    process.exitCode = undefined
    for (const restore of [...restoreTerminal, restoreEnv, restoreUser]) restore()
  }
}

/** The one JSON document on stdout. Fails if there is anything else, or if not exactly one schema describes it. */
export function json(run: {readonly stdout: string}): unknown {
  expect(run.stdout).to.match(/^\{[\s\S]*\}\n$/)
  const document: unknown = JSON.parse(run.stdout)
  expect(documentsLike(document), `schemas of ${run.stdout}`).to.have.length(1)
  return document
}

function replaceEnv(wanted: Readonly<Record<string, string>>): () => void {
  const names = Object.keys(process.env).filter((name) => /^(?:ASTRO|DEBUG|CI$|NO_COLOR|FORCE_COLOR)/.test(name))
  const before = new Map([...names, ...Object.keys(wanted)].map((name) => [name, process.env[name]]))
  for (const name of names) Reflect.deleteProperty(process.env, name)
  Object.assign(process.env, wanted)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
}

/** Gives the user another home in the password database, where the locks are. */
function setUserHome(homedir: string): () => void {
  const {userInfo} = os
  Object.assign(os, {userInfo: () => ({...userInfo(), homedir})})
  syncBuiltinESMExports()
  return () => {
    Object.assign(os, {userInfo})
    syncBuiltinESMExports()
  }
}

function setTerminal(stream: NodeJS.WriteStream, isTTY: boolean): () => void {
  const before = Object.getOwnPropertyDescriptor(stream, 'isTTY')
  Object.defineProperty(stream, 'isTTY', {configurable: true, value: isTTY})
  return () => {
    if (before) Object.defineProperty(stream, 'isTTY', before)
    else Reflect.deleteProperty(stream, 'isTTY')
  }
}
