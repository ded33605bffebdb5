import {type ChildProcess, spawn} from 'node:child_process'
import {subscribe, unsubscribe} from 'node:diagnostics_channel'
import {mkdtempSync} from 'node:fs'
import {type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi} from '../astro-api/server.js'
import {type TokenRole} from '../astro-api/world.js'
import {BIN, type CliRun, type Env, envFor, finished} from '../support/run-cli.js'

/** A temporary directory that no other test uses. */
export function ownTmp(): string {
  return mkdtempSync(join(tmpdir(), 'astro-tmp-'))
}

/** The environment of a job with an API token, and a home, a temporary directory and a folder for locks of its own. */
export function ownEnvFor(api: Pick<AstroApi, 'apiToken' | 'url'>, more: Env = {}): Env {
  return envFor(api, {TMPDIR: ownTmp(), ...more})
}

/** Starts bin/run.js as `runCli` does, for a test that ends it itself. */
export function startCli(argv: readonly string[], env: Env): {child: ChildProcess; end: Promise<CliRun>} {
  const child = spawn(process.execPath, [BIN, ...argv], {env, stdio: ['ignore', 'pipe', 'pipe']})
  return {child, end: finished(child)}
}

export function roleOn(entityId: string, role: string): TokenRole {
  return {entityType: 'DEPLOYMENT', entityId, role}
}

/** The roles of a token as the API has them now. */
export function rolesOf(api: Pick<AstroApi, 'world'>, id: string): readonly TokenRole[] {
  return structuredClone(api.world.tokens.find((token) => token.id === id)?.roles ?? [])
}

/** Nothing of these forms is ever meant to be printed, whoever made it: a credential, a JWT, a refresh token. */
const CREDENTIALS = [/bearer\s+(?!\[redacted])\S+/gi, /eyJ[\w-]{8,}/g, /refresh-[\da-f-]{36}/g]

/** Where one of these secrets, or a part of one that is a JWT, stands in what a process printed: what is before it. */
export function leaksIn({stderr, stdout}: Pick<CliRun, 'stderr' | 'stdout'>, secrets: readonly string[]): string[] {
  const output = `${stdout}\n${stderr}`
  // A JWT's header says nothing that is secret, and is the same in all of them.
  const parts = secrets.flatMap((secret) => [secret, ...secret.split('.').slice(1)]).filter((part) => part !== '')
  const places = [
    ...parts.map((part) => output.indexOf(part)),
    ...CREDENTIALS.flatMap((form) => [...output.matchAll(form)].map(({index}) => index)),
  ].filter((place) => place >= 0)
  return [...new Set(places)].map((place) => output.slice(Math.max(0, place - 60), place + 12))
}

/** The lines of a stack trace in a text. */
export function stackLinesIn(text: string): string[] {
  return text.match(/^\s+at .+$/gm) ?? []
}

/** Lets so many in at once, in the order in which they asked; whoever is in calls what it was given when it is out. */
export function turnstile(limit: number): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let free = limit
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }

  return async () => {
    if (free > 0) free -= 1
    else {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    }

    let isOut = false
    return () => {
      if (!isOut) leave()
      isOut = true
    }
  }
}

/** Calls back, once, when the first request reaches the emulator at this address. */
export function onFirstRequest({url}: Pick<AstroApi, 'url'>, callback: () => void): void {
  const port = Number(new URL(url).port)
  const listener = (message: unknown) => {
    const {socket} = message as {readonly socket: Socket}
    if (socket.localPort !== port) return
    unsubscribe('http.server.request.start', listener)
    callback()
  }

  subscribe('http.server.request.start', listener)
}
