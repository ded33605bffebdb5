import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {mkdtempSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {BIN, type Env, envFor, finished} from '../support/run-cli.js'

/** Every usage line and example of Astro's documentation of these commands, as it stands there. */
const DOCUMENTED = [
  'astro deployment organization-token add --deployment-id=<my-deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
  'astro deployment organization-token add --deployment-id=<my-deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name="My org token"',
  'astro deployment organization-token list --deployment-id=<your-deployment-id>',
  'astro deployment organization-token remove --deployment-id=<my-deployment-id> --org-token-name=<org-token-name>',
  'astro deployment organization-token remove --deployment-id=<my-deployment-id> --org-token-name=my-org-token',
  'astro deployment organization-token update --deployment-id=<my-deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
  'astro deployment organization-token update --deployment-id=<my-deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=My-org-token',
]

describe('the documented usage, typed into a shell', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'astro-bin-'))
    symlinkSync(BIN, join(folder, 'astro'))
    api = await startAstroApi()
    env = envFor(api, {PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter)})
  })

  after(async () => {
    await api.close()
  })

  /** A token of this name for the line to find, which `update` and `remove` find on the Deployment. */
  const makeToken = (name: string, isOnDeployment: boolean) => {
    const template = api.world.tokens.find(({id}) => id === ids.tokens.ciPipeline)
    if (!template) throw new Error('the world has no ci-pipeline')
    const role = {entityType: 'DEPLOYMENT', entityId: ids.deployments.etlProd, role: 'Deploy Reader'} as const
    const roles = [...(template.roles ?? []), ...(isOnDeployment ? [role] : [])]
    // A new ID each time: roles that return to what a write replaced look like a read that lags behind.
    const id = `cldocumented${api.world.tokens.length}`
    const others = api.world.tokens.map((token) => (token.name === name ? {...token, name: `old ${name}`} : token))
    api.world.tokens = [...others, {...template, id, name, roles}]
  }

  for (const line of DOCUMENTED) {
    it(line, async () => {
      const typed = line.replaceAll(/<\w+-deployment-id>/g, ids.deployments.etlProd).replace('<org-token-name>', 'some')
      const name = /--org-token-name="?([^"]+)"?$/.exec(typed)?.[1] ?? 'some'
      makeToken(name, !line.includes(' add '))

      const run = await finished(spawn('sh', ['-c', typed], {env, stdio: ['ignore', 'pipe', 'pipe']}))

      expect(run).to.deep.include({exit: 0, stderr: ''})
      expect(run.stdout).to.contain(name)
    })
  }
})
