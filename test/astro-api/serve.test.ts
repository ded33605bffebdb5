import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'

import {call, testEmulator} from './calls.js'

const SCRIPT = fileURLToPath(new URL('serve.ts', import.meta.url))

function serve(args: readonly string[]) {
  return spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...args])
}

describe('npm run emulator', () => {
  const on = testEmulator()

  beforeEach(on.start)

  afterEach(on.stop)

  it('prints lines for a shell, and serves with a throwaway ASTRO_HOME until a signal', async () => {
    const child = serve([])
    const lines = String(await once(child.stdout, 'data'))
    const [, home = '', token = ''] =
      /^export ASTRO_HOME='(.+)' .*\nexport ASTRO_API_TOKEN=(\S+)\nalias /.exec(lines) ?? []
    const [, url = ''] = /^ {2}core: (.+)$/m.exec(readFileSync(join(home, '.astro', 'config.yaml'), 'utf8')) ?? []
    const reply = call({url, apiToken: () => token}, '/v1/organizations')
    const {body} = await reply.finally(() => child.kill('SIGTERM'))
    expect(body).to.have.nested.property('organizations[0].name', 'Acme Air')
    expect(await once(child, 'exit')).to.deep.equal([0, null])
    expect(existsSync(home)).to.equal(false)
  })

  const runs: readonly (readonly [title: string, args: readonly string[], exit: number, output: RegExp])[] = [
    ['prints its flags with --help', ['--help'], 0, /^ +--port=<port> /m],
    ['points to --help for an unknown flag', ['--prot'], 1, /--prot.*\nSee: npm run emulator -- --help\n$/s],
    [
      'suggests another port for one in use',
      ['--port', '{port}'],
      1,
      /^Port \d+ is in use\. .*: npm run emulator -- --port 0\n$/,
    ],
    ['rejects an invalid port', ['--port', '70000'], 1, /^'70000' is not a port\. .* -- --port 8888\n$/],
  ]

  for (const [title, args, exit, output] of runs) {
    it(title, async () => {
      const {port} = new URL(on.api.url)
      const child = serve(args.map((word) => word.replace('{port}', port)))
      const [printed, hints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
      expect(`${printed}${hints}`).to.match(output)
      expect(child.exitCode).to.equal(exit)
    })
  }
})
