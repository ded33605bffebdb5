import {Plugin} from '@oclif/core'
import {fileURLToPath} from 'node:url'

import {EXITS} from '../../src/lib/errors.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What the help says of an argument or a flag, and what oclif notes for itself: no caller depends on that. */
const WORDS = new Set([
  'description',
  'hasDynamicHelp',
  'helpGroup',
  'helpLabel',
  'helpValue',
  'name',
  'noCacheDefault',
  'summary',
])

/**
 * What a caller can type or rely on, but for the JSON documents (schemas/ has those): the aliases, arguments and flags
 * of each command, in the order of their names, and the exit of each kind of failure. From the built classes, not from
 * the manifest; as JSON.
 */
export async function readSurface(): Promise<string> {
  const plugin = new Plugin({ignoreManifest: true, isRoot: true, root: ROOT})
  await plugin.load()
  const commands = mapValues(plugin.manifest.commands, ({aliases, args, flags, hidden, hiddenAliases, strict}) => ({
    aliases,
    hiddenAliases,
    hidden,
    strict,
    args: mapValues(args, withoutWords),
    flags: mapValues(flags, withoutWords),
  }))
  return JSON.stringify({commands, exits: mapValues(EXITS, (exit) => exit)})
}

function withoutWords(part: object): unknown {
  return Object.fromEntries(Object.entries(part).filter(([key]) => !WORDS.has(key)))
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  const entries = Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value)]))
}
