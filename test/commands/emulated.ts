import {type Command} from '@oclif/core'
import {expect} from 'chai'

import Add from '../../src/commands/deployment/organization-token/add.js'
import List from '../../src/commands/deployment/organization-token/list.js'
import Remove from '../../src/commands/deployment/organization-token/remove.js'
import Update from '../../src/commands/deployment/organization-token/update.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids, tokenOf} from '../astro-api/world.js'
import {homeFor} from '../support/run-cli.js'
import {json, runCommand, type RunOptions} from '../support/run-command.js'

const COMMANDS = {add: Add, list: List, remove: Remove, update: Update}
const ROOT = `/v1/organizations/${ids.organization}/`

/** The whole list, in the order that the client requests. */
export const PAGE = 'sorts=createdAt:asc&limit=1000&offset=0'

/** Runs commands in this process against one emulator. */
export function createEmulated() {
  let started: AstroApi | undefined
  let home = ''

  const api = () => {
    if (!started) throw new Error('The emulator has not started.')
    return started
  }

  /** Starts the emulator with the seeded world. */
  const start = async () => {
    started = await startAstroApi()
    home = homeFor(started)
  }

  /** Stops the emulator. Fails if a request was not as documented. */
  const stop = async () => {
    await api().close()
    expect(api().violations).to.deep.equal([])
  }

  /** The environment of a command with a credential for the emulator. */
  const env = () => ({ASTRO_API_TOKEN: api().apiToken(), ASTRO_DOMAIN: 'localhost', ASTRO_HOME: home})

  const run = async (name: keyof typeof COMMANDS, argv: readonly string[], options: RunOptions = {}) => {
    const CommandToRun: typeof Command & {run(argv: string[]): Promise<unknown>} = COMMANDS[name]
    return runCommand(CommandToRun, argv, {...options, env: {...env(), ...options.env}})
  }

  const token = (id: string) => tokenOf(api(), id)

  return {
    get api() {
      return api()
    },
    start,
    stop,
    env,
    run,
    /** The same with --json: the exit code and the document. */
    async runJson(...[name, argv, options]: Parameters<typeof run>): Promise<[number, unknown]> {
      const result = await run(name, [...argv, '--json'], options)
      expect(result.stderr).to.equal('')
      return [result.exit, json(result)]
    },
    /** The requests as `METHOD path?query`, without the path of the Organization. */
    sent: () =>
      api().requests.map(({method, path, query}) => {
        const search = new URLSearchParams(query)
        return `${method} ${path.replace(ROOT, '')}${search.size > 0 ? `?${decodeURIComponent(search.toString())}` : ''}`
      }),
    /** A token of the world, to change it. */
    token,
    roles: (id: string) => token(id).roles ?? [],
  }
}
