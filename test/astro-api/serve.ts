import {once} from 'node:events'

import {startAstroApi} from './server.js'
import {ids} from './world.js'

// `npm run emulator` serves the emulated Astro API until Ctrl-C, on PORT or 8888. PORT=0 chooses a free port.

const DEFAULT_PORT = 8888
const MONTH = 30 * 24 * 3600

/** stdout only contains the lines to export, so that a shell can source it. */
async function serve(): Promise<void> {
  const api = await startAstroApi({port: Number(process.env.PORT ?? DEFAULT_PORT)})
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const exp = Math.floor(Date.now() / 1000) + MONTH
  process.stdout.write(`export ASTRO_DOMAIN=localhost\nexport ASTRO_API_TOKEN=${api.apiToken({exp})}\n`)
  process.stderr.write(`${hints(Number(new URL(api.url).port)).join('\n')}\n`)

  await stopped
  await api.close()
}

function hints(port: number): string[] {
  const {deployments, tokens} = ids
  const url = `http://localhost:${port}`
  const fault = '{"operationId": "updateApiTokenRoles", "action": {"kind": "status", "status": 503}}'
  const core = [
    '',
    'Add this to ~/.astro/config.yaml, or $ASTRO_HOME/.astro/config.yaml:',
    `  local:\n    core: ${url}`,
  ]
  return [
    '',
    `The emulated Astro API is at ${url}/v1. Run the two lines above in another terminal. Press Ctrl-C to stop.`,
    ...(port === DEFAULT_PORT ? [] : core),
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

await serve()
