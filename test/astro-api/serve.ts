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

const api = await startAstroApi({port: Number(process.env.PORT ?? 0)})
const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
// A throwaway ASTRO_HOME, whose config file names this emulator.
const home = mkdtempSync(join(tmpdir(), 'astro-emulator-'))
mkdirSync(join(home, '.astro'))
writeFileSync(join(home, '.astro', 'config.yaml'), `local:\n  core: ${api.url}\n`)

// stdout only contains lines for a shell, so that it can source them.
process.stdout.write(`export ASTRO_HOME='${home}' ASTRO_DOMAIN=localhost
export ASTRO_API_TOKEN=${api.apiToken(MONTH)}
alias astro='node "${PROGRAM}"'
`)
const fault = '{"operationId": "updateApiTokenRoles", "action": {"kind": "status", "status": 503}}'
process.stderr.write(`
The emulated Astro API is at ${api.url}/v1. Paste the lines above into another terminal. Press Ctrl-C to stop.

Deployments: etl-prod (${ids.deployments.etlProd}), etl-staging, reports
Tokens: ci-pipeline (${ids.tokens.ciPipeline}), deploy-bot (three Deployments), nightly (two tokens)
Roles: DEPLOYMENT_ADMIN, DEPLOYMENT_ACCESSOR, Deploy Reader, Deploy Operator, Log Reader

Show the requests:  curl ${api.url}/emulator/requests
Make a write fail:  curl ${api.url}/emulator/faults -H content-type:application/json -d '${fault}'
Start again:        curl -X POST ${api.url}/emulator/reset
`)

await stopped
rmSync(home, {recursive: true})
await api.close()
