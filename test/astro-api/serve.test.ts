import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {call} from './calls.js'

const SCRIPT = fileURLToPath(new URL('serve.ts', import.meta.url))

describe('npm run emulator', () => {
  it('prints lines for a shell, and serves with a throwaway ASTRO_HOME until a signal', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT])
    const lines = String(await once(child.stdout, 'data'))
    const [, home = '', token = ''] =
      /^export ASTRO_HOME='(.+)' .*\nexport ASTRO_API_TOKEN=(\S+)\nalias /.exec(lines) ?? []
    const [, url = ''] = /^ {2}core: (.+)$/m.exec(readFileSync(join(home, '.astro', 'config.yaml'), 'utf8')) ?? []
    try {
      const list = async () => call(`${url}/v1/organizations`, {token})
      expect((await list()).body).to.have.nested.property('organizations[0].name', 'Acme Air')
      await call(`${url}/emulator/faults`, {body: {action: {kind: 'status', status: 503}}})
      expect(await list()).to.include({status: 503})
      const {body} = await call(`${url}/emulator/requests`)
      expect(body).to.have.property('requests').with.length(2)
    } finally {
      child.kill('SIGTERM')
    }

    expect(await once(child, 'exit')).to.deep.equal([0, null])
    expect(existsSync(home)).to.equal(false)
  })
})
