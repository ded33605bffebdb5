import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'

import {call} from './calls.js'

const SCRIPT = fileURLToPath(new URL('serve.ts', import.meta.url))

describe('npm run emulator', () => {
  it('prints lines to export and hints, and serves until a signal', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT], {env: {...process.env, PORT: '0'}})
    const printed = await Promise.all([once(child.stdout, 'data'), once(child.stderr, 'data')])
    const [lines = '', hints = ''] = printed.map((chunks) => chunks.join(''))
    const [, token = ''] = /^export ASTRO_DOMAIN=localhost\nexport ASTRO_API_TOKEN=(\S+)\n$/.exec(lines) ?? []
    const [, port = ''] = /:\n {2}local:\n {4}core: http:\/\/localhost:(\d+)\n/.exec(hints) ?? []
    const api = {url: `http://127.0.0.1:${port}`, apiToken: () => token}
    try {
      const {body} = await call(api, '/v1/organizations')
      expect(body).to.have.nested.property('organizations[0].name', 'Acme Air')
      // As `curl -d` sends it.
      const headers = {'content-type': 'application/x-www-form-urlencoded'}
      await call(api, '/emulator/faults', {body: '{"action": {"kind": "status", "status": 503}}', headers})
      expect(await call(api, '/v1/organizations')).to.include({status: 503})
      expect((await call(api, '/emulator/requests')).body)
        .to.have.property('requests')
        .with.length(2)
    } finally {
      child.kill('SIGTERM')
    }

    expect(await once(child, 'exit')).to.deep.equal([0, null])
  })
})
