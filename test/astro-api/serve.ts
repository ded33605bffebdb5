import {once} from 'node:events'
import {parseArgs} from 'node:util'

import {startAstroApi} from './server.js'
import {ids} from './world.js'

const usualPort = 8888
const month = 30 * 24 * 3600

/** Serves the seeded world until it is told to stop. stdout carries the two lines to export, stderr the rest. */
async function serve(): Promise<void> {
  const port = portFrom(parseArgs({options: {port: {type: 'string'}}}).values.port ?? process.env.PORT)
  const api = await startAstroApi({port, ipv6: true})
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const exp = Math.floor(Date.now() / 1000) + month
  process.stdout.write(`export ASTRO_DOMAIN=localhost\nexport ASTRO_API_TOKEN=${api.apiToken({exp})}\n`)
  process.stderr.write(`${hints(Number(new URL(api.url).port)).join('\n')}\n`)

  await stopped
  await api.close()
}

function portFrom(text = String(usualPort)): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new Error(`'${text}' is not a port: give a number up to 65535 with --port or PORT`)
}

function hints(port: number): string[] {
  const {deployments, tokens} = ids
  const url = `http://localhost:${port}`
  const fault = '{"operationId": "updateApiTokenRoles", "action": {"kind": "status", "status": 503}}'
  const core = [
    '',
    `The port is not ${usualPort}, so ~/.astro/config.yaml (or $ASTRO_HOME/.astro/config.yaml) has to name it:`,
    '  local:',
    `    core: ${url}`,
  ]
  return [
    '',
    `An emulated Astro API at ${url}/v1. Set the two lines above in another terminal. Ctrl-C ends it.`,
    ...(port === usualPort ? [] : core),
    '',
    `Deployments  etl-prod ${deployments.etlProd}`,
    `             etl-staging ${deployments.etlStaging}`,
    `             reports ${deployments.reports}`,
    `Tokens       ci-pipeline ${tokens.ciPipeline} (no Deployment yet)`,
    `             deploy-bot ${tokens.deployBot} (three Deployments)`,
    '             nightly (two tokens of that name)',
    'Roles        DEPLOYMENT_ADMIN, Deploy Reader, Deploy Operator, Log Reader',
    '',
    `What it was asked:     curl ${url}/emulator/requests`,
    `Make a write fail:     curl ${url}/emulator/faults -d '${fault}'`,
    `No more faults:        curl -X DELETE ${url}/emulator/faults`,
    `Back to the start:     curl -X POST ${url}/emulator/reset`,
  ]
}

try {
  await serve()
} catch (error) {
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  const reason = error instanceof Error ? error.message : String(error)
  const message = busy ? `The port is taken: choose another one with --port or PORT (${reason})` : reason
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}
