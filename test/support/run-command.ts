import {type Command, Config} from '@oclif/core'
import {captureOutput} from '@oclif/test'
import {expect} from 'chai'
import {syncBuiltinESMExports} from 'node:module'
import os from 'node:os'

import {documentsLike} from './documents.js'
import {ROOT} from './host.js'
import {newFolder} from './run-cli.js'

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Whether stdout and stderr count as terminals. */
  readonly terminal?: boolean
}

export type Run = Awaited<ReturnType<typeof runCommand>>

type CommandClass = typeof Command & {run(argv: string[], config: Config): Promise<unknown>}

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
  const user = {...os.userInfo(), homedir: newFolder('user')}
  const restores = [
    replaceEnv({ASTRO_HOME: EMPTY_HOME, ...env}),
    // The locks are in the home that the password database has for the user.
    replace(os, {userInfo: () => user}),
    ...[process.stdout, process.stderr].map((stream) => replace(stream, {isTTY: terminal})),
  ]
  try {
    process.exitCode = undefined
    const {error, stderr, stdout} = await captureOutput(async () => CommandToRun.run([...argv], config), {
      testNodeEnv: 'production',
    })
    return {error, exit: Number(Reflect.get(process, 'exitCode') ?? 0), stderr, stdout}
  } finally {
    process.exitCode = undefined
    for (const restore of restores) restore()
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
  const before = {...process.env}
  const set = (env: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name)
    Object.assign(process.env, env)
  }

  const others = Object.entries(before).filter(([name]) => !/^(?:ASTRO|DEBUG|CI$|NO_COLOR|FORCE_COLOR)/.test(name))
  set({...Object.fromEntries(others), ...wanted})
  return () => {
    set(before)
  }
}

/** Sets properties, also those of a built-in module, and returns what restores them. */
function replace(target: object, properties: object): () => void {
  const before = Object.fromEntries(Object.keys(properties).map((key) => [key, Reflect.get(target, key) as unknown]))
  const set = (values: object) => {
    Object.assign(target, values)
    syncBuiltinESMExports()
  }

  set(properties)
  return () => {
    set(before)
  }
}
