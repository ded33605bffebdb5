import type {Readable} from 'node:stream'

import {expect} from 'chai'
import {type ChildProcessByStdio, spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'

import {call} from './calls.js'
import {startAstroApi} from './server.js'
import {ids} from './world.js'

const script = fileURLToPath(new URL('serve.ts', import.meta.url))

function serve(args: string[], env: Record<string, string> = {}): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function firstOf(stream: Readable): Promise<string> {
  const [chunk] = (await once(stream, 'data')) as [Buffer]
  return chunk.toString()
}

describe('npm run emulator', () => {
  let child: ChildProcessByStdio<null, Readable, Readable>

  afterEach(() => {
    child.kill()
  })

  it('prints two lines to export and hints beside them, serves, and stops when told to', async () => {
    child = serve(['--port', '0'])
    const [output, hints] = [text(child.stdout), text(child.stderr)]
    const [lines, further] = await Promise.all([firstOf(child.stdout), firstOf(child.stderr)])
    const [, port = ''] = /http:\/\/localhost:(\d+)/.exec(further) ?? []
    const localCore = `  local:\n    core: http://localhost:${port}`
    const [, token = ''] = /^export ASTRO_API_TOKEN=(.+)$/m.exec(lines) ?? []
    const reply = await call({url: `http://127.0.0.1:${port}`, apiToken: () => token}, '/v1/organizations')
    expect(reply).to.have.nested.property('body.organizations[0].name', 'Acme Air')

    child.kill('SIGTERM')
    expect(await once(child, 'exit')).to.deep.equal([0, null])
    expect(await output).to.match(/^export ASTRO_DOMAIN=localhost\nexport ASTRO_API_TOKEN=[\w.-]+\n$/)
    expect(await hints)
      .to.include(ids.deployments.etlProd)
      .and.to.include(`Add this to ~/.astro/config.yaml, or $ASTRO_HOME/.astro/config.yaml:\n${localCore}\n`)
  })

  it('prints its flags with --help', async () => {
    child = serve(['--help'])
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(output)
      .to.match(/^ +--port=<port> /m)
      .and.to.include('  local:\n    core: http://localhost:<port>\n')
    expect(child.exitCode).to.equal(0)
  })

  it('points to --help for an unknown flag', async () => {
    child = serve(['--prot', '1'])
    const [hints] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(hints).to.match(/--prot.*\nSee: npm run emulator -- --help\n$/s)
    expect(child.exitCode).to.equal(1)
  })

  it('names the flag for another port when the port is in use', async () => {
    const api = await startAstroApi()
    try {
      const {port} = new URL(api.url)
      child = serve([], {PORT: port})
      const [hints] = await Promise.all([text(child.stderr), once(child, 'exit')])
      expect(hints).to.equal(`Port ${port} is in use. Choose another one: npm run emulator -- --port 0\n`)
      expect(child.exitCode).to.equal(1)
    } finally {
      await api.close()
    }
  })

  it('rejects a number that is not a port', async () => {
    child = serve(['--port', '70000'])
    const [hints] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(hints).to.equal("'70000' is not a port. Use a number up to 65535: npm run emulator -- --port 8888\n")
    expect(child.exitCode).to.equal(1)
  })
})
