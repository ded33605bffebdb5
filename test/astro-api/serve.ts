import {once} from 'node:events'
import {parseArgs} from 'node:util'

import {startAstroApi} from './server.js'
import {ids} from './world.js'

const defaultPort = 8888
const month = 30 * 24 * 3600

const configFile = '~/.astro/config.yaml, or $ASTRO_HOME/.astro/config.yaml'

const help = `Serves an emulated Astro API on this machine until Ctrl-C.

USAGE
  $ npm run emulator -- [--port <port>]

FLAGS
  -h, --help         show this help
      --port=<port>  port to listen on (default: PORT, then ${defaultPort}); 0 for any free port

For a port other than ${defaultPort}, set local.core in ${configFile}:

${localCore('<port>')}
`

async function main(): Promise<void> {
  const {values} = parseArgs({options: {help: {type: 'boolean', short: 'h'}, port: {type: 'string'}}})
  if (values.help) process.stdout.write(help)
  else await serve(portFrom(values.port ?? process.env.PORT))
}

/** Serves the seeded world until a signal. stdout only contains the lines to export, so that a shell can source it. */
async function serve(port: number): Promise<void> {
  const api = await startAstroApi({port, ipv6: true})
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const exp = Math.floor(Date.now() / 1000) + month
  process.stdout.write(`export ASTRO_DOMAIN=localhost\nexport ASTRO_API_TOKEN=${api.apiToken({exp})}\n`)
  process.stderr.write(`${hints(Number(new URL(api.url).port)).join('\n')}\n`)

  await stopped
  await api.close()
}

function portFrom(text = String(defaultPort)): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new Error(`'${text}' is not a port. Use a number up to 65535: npm run emulator -- --port ${defaultPort}`)
}

function hints(port: number): string[] {
  const {deployments, tokens} = ids
  const url = `http://localhost:${port}`
  const fault = '{"operationId": "updateApiTokenRoles", "action": {"kind": "status", "status": 503}}'
  const core = [
    '',
    `The port is not ${defaultPort}, so local.core must name it. Add this to ${configFile}:`,
    localCore(port),
  ]
  return [
    '',
    `The emulated Astro API is at ${url}/v1. Run the two lines above in another terminal. Press Ctrl-C to stop.`,
    ...(port === defaultPort ? [] : core),
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

function localCore(port: number | string): string {
  return `  local:\n    core: http://localhost:${port}`
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
