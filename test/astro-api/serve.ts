import {once} from 'node:events'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {startAstroApi} from './server.js'
import {ids} from './world.js'

// `npm run emulator` serves the emulated Astro API until Ctrl-C, on PORT or any free port.

const MONTH = 30 * 24 * 3600
const PROGRAM = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** stdout only contains lines for a shell, so that it can source them. */
async function serve(): Promise<void> {
  const api = await startAstroApi({port: Number(process.env.PORT ?? 0)})
  const home = createHome(api.url)
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const lines = [
    `export ASTRO_HOME='${home}' ASTRO_DOMAIN=localhost`,
    `export ASTRO_API_TOKEN=${api.apiToken(MONTH)}`,
    `alias astro='node "${PROGRAM}"'`,
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

function hints(url: string): string[] {
  const fault = '{"operationId": "updateApiTokenRoles", "action": {"kind": "status", "status": 503}}'
  return [
    '',
    `The emulated Astro API is at ${url}/v1. Paste the lines above into another terminal. Press Ctrl-C to stop.`,
    '',
    `Deployments: etl-prod (${ids.deployments.etlProd}), etl-staging, reports`,
    `Tokens: ci-pipeline (${ids.tokens.ciPipeline}), deploy-bot (three Deployments), nightly (two tokens)`,
    'Roles: DEPLOYMENT_ADMIN, DEPLOYMENT_ACCESSOR, Deploy Reader, Deploy Operator, Log Reader',
    '',
    `Show the requests:  curl ${url}/emulator/requests`,
    `Make a write fail:  curl ${url}/emulator/faults -H content-type:application/json -d '${fault}'`,
    `Start again:        curl -X POST ${url}/emulator/reset`,
  ]
}

await serve()
