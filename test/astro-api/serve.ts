import {once} from 'node:events'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

import {startAstroApi} from './server.js'
import {ids} from './world.js'

const month = 30 * 24 * 3600
const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

const help = `Serves an emulated Astro API on this machine until Ctrl-C.

USAGE
  $ npm run emulator -- [--port <port>]

FLAGS
  -h, --help         show this help
      --port=<port>  port to listen on (default: any free port)
`

async function main(): Promise<void> {
  const {values} = parseArgs({options: {help: {type: 'boolean', short: 'h'}, port: {type: 'string'}}})
  if (values.help) process.stdout.write(help)
  else await serve(portFrom(values.port))
}

/** Serves the seeded world until a signal. stdout only contains lines for a shell, so that it can source them. */
async function serve(port: number): Promise<void> {
  const api = await startAstroApi({port, ipv6: true})
  const home = createHome(api.url)
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const exp = Math.floor(Date.now() / 1000) + month
  const lines = [
    `export ASTRO_HOME='${home}' ASTRO_DOMAIN=localhost`,
    `export ASTRO_API_TOKEN=${api.apiToken({exp})}`,
    `alias astro='node "${program}"'`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  process.stderr.write(`${hints(api.url).join('\n')}\n`)

  await stopped
  rmSync(home, {recursive: true})
  await api.close()
}

/** A throwaway ASTRO_HOME, whose config file names this emulator. */
function createHome(url: string): string {
  const home = mkdtempSync(join(tmpdir(), 'astro-emulator-'))
  mkdirSync(join(home, '.astro'))
  writeFileSync(join(home, '.astro', 'config.yaml'), `local:\n  core: ${url}\n`)
  return home
}

function portFrom(text = '0'): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new Error(`'${text}' is not a port. Use a number up to 65535: npm run emulator -- --port 8888`)
}

function hints(url: string): string[] {
  const {deployments, tokens} = ids
  const fault = '{"operationId": "updateApiTokenRoles", "action": {"kind": "status", "status": 503}}'
  return [
    '',
    `The emulated Astro API is at ${url}/v1. Paste the lines above into another terminal. Press Ctrl-C to stop.`,
    '',
    `Deployments  etl-prod ${deployments.etlProd}`,
    `             etl-staging ${deployments.etlStaging}`,
    `             reports ${deployments.reports}`,
    `Tokens       ci-pipeline ${tokens.ciPipeline} (no Deployment yet)`,
    `             deploy-bot ${tokens.deployBot} (three Deployments)`,
    '             nightly (two tokens with that name)',
    'Roles        DEPLOYMENT_ADMIN, DEPLOYMENT_ACCESSOR, Deploy Reader, Deploy Operator, Log Reader',
    '',
    `Show the requests:  curl ${url}/emulator/requests`,
    `Make a write fail:  curl ${url}/emulator/faults -d '${fault}'`,
    `Remove all faults:  curl -X DELETE ${url}/emulator/faults`,
    `Start again:        curl -X POST ${url}/emulator/reset`,
  ]
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${String(error.port)} is in use. Choose another one: npm run emulator -- --port 0`
  }

  return 'code' in error ? `${error.message}\nSee: npm run emulator -- --help` : error.message
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}
