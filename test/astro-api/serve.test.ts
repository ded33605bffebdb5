import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'

import {call, testEmulator} from './calls.js'

const SCRIPT = fileURLToPath(new URL('serve.ts', import.meta.url))

function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...args], {env: {...process.env, ...env}})
}

describe('npm run emulator', () => {
  const on = testEmulator()

  beforeEach(on.start)

  afterEach(on.stop)

  it('prints lines to export and hints, and serves until a signal', async () => {
    const child = serve(['--port', '0'])
    const printed = await Promise.all([once(child.stdout, 'data'), once(child.stderr, 'data')])
    const [lines = '', hints = ''] = printed.map((chunks) => chunks.join(''))
    const [, token = ''] = /^export ASTRO_DOMAIN=localhost\nexport ASTRO_API_TOKEN=(\S+)\n$/.exec(lines) ?? []
    const localCore = /Add this to (.*):\n {2}local:\n {4}core: http:\/\/localhost:(\d+)\n/
    const [, file, port = ''] = localCore.exec(hints) ?? []
    const reply = call({url: `http://127.0.0.1:${port}`, apiToken: () => token}, '/v1/organizations')
    const {body} = await reply.finally(() => child.kill('SIGTERM'))
    expect(body).to.have.nested.property('organizations[0].name', 'Acme Air')
    expect(file).to.equal('~/.astro/config.yaml, or $ASTRO_HOME/.astro/config.yaml')
    expect(await once(child, 'exit')).to.deep.equal([0, null])
  })

  const runs: readonly (readonly [title: string, args: readonly string[], exit: number, output: RegExp])[] = [
    ['prints its flags with --help', ['--help'], 0, /^ +--port=<port> /m],
    ['points to --help for an unknown flag', ['--prot'], 1, /--prot.*\nSee: npm run emulator -- --help\n$/s],
    ['suggests another port for one in use', [], 1, /^Port \d+ is in use\. .*: npm run emulator -- --port 0\n$/],
    ['rejects an invalid port', ['--port', '70000'], 1, /^'70000' is not a port\. .* -- --port 8888\n$/],
  ]

  for (const [title, args, exit, output] of runs) {
    it(title, async () => {
      const child = serve(args, {PORT: new URL(on.api.url).port})
      const [printed, hints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
      expect(`${printed}${hints}`).to.match(output)
      expect(child.exitCode).to.equal(exit)
    })
  }
})
