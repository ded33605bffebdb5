import {type Command} from '@oclif/core'
import {expect} from 'chai'

import Add from '../../src/commands/deployment/organization-token/add.js'
import List from '../../src/commands/deployment/organization-token/list.js'
import Remove from '../../src/commands/deployment/organization-token/remove.js'
import Update from '../../src/commands/deployment/organization-token/update.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids, type TokenRole, type WorldToken} from '../astro-api/world.js'
import {homeFor} from '../support/run-cli.js'
import {json, type Run, runCommand, type RunOptions} from '../support/run-command.js'

const COMMANDS = {add: Add, list: List, remove: Remove, update: Update}
const ROOT = `/v1/organizations/${ids.organization}/`

/** Runs commands in this process against one emulator. */
export interface Emulated {
  readonly api: AstroApi
  /** For `before`, `afterEach` and `after`. Each test starts with the seeded world. */
  readonly start: () => Promise<void>
  readonly reset: () => void
  readonly stop: () => Promise<void>
  run(command: keyof typeof COMMANDS, argv: readonly string[], options?: RunOptions): Promise<Run>
  /** The same with --json: the exit code and the document. */
  runJson(command: keyof typeof COMMANDS, argv: readonly string[], options?: RunOptions): Promise<[number, unknown]>
  /** The requests as `METHOD path?query`, without the path of the Organization. */
  sent(): string[]
  /** A token of the world, to change it. */
  token(id: string): WorldToken
  roles(id: string): readonly TokenRole[]
}

export function createEmulated(): Emulated {
  let api: AstroApi | undefined
  let home = ''
  const emulated: Emulated = {
    get api() {
      if (!api) throw new Error('The emulator has not started.')
      return api
    },
    async start() {
      api = await startAstroApi()
      home = homeFor(api)
    },
    reset() {
      const violations = [...emulated.api.violations]
      emulated.api.reset()
      expect(violations).to.deep.equal([])
    },
    stop: async () => emulated.api.close(),
    async run(command, argv, {env, ...options} = {}) {
      const CommandToRun: typeof Command & {run(argv: string[]): Promise<unknown>} = COMMANDS[command]
      const defaults = {ASTRO_API_TOKEN: emulated.api.apiToken(), ASTRO_DOMAIN: 'localhost', ASTRO_HOME: home}
      return runCommand(CommandToRun, argv, {env: {...defaults, ...env}, ...options})
    },
    async runJson(command, argv, options) {
      const run = await emulated.run(command, [...argv, '--json'], options)
      expect(run.stderr).to.equal('')
      return [run.exit, json(run)]
    },
    sent: () =>
      emulated.api.requests.map(({method, path, query}) => {
        const search = new URLSearchParams(query)
        return `${method} ${path.replace(ROOT, '')}${search.size > 0 ? `?${decodeURIComponent(search.toString())}` : ''}`
      }),
    token(id) {
      const found = emulated.api.world.tokens.find((token) => token.id === id)
      if (!found) throw new Error(`The world has no token ${id}.`)
      return found
    },
    roles: (id) => emulated.token(id).roles ?? [],
  }
  return emulated
}

/** The whole list, in the order that the client requests. */
export const PAGE = 'sorts=createdAt:asc&limit=1000&offset=0'
