import {expect} from 'chai'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {startAstroApi} from '../astro-api/server.js'
import {type CliRun, envFor, newFolder, NO_WAITS, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'
import {configWith} from './saved-login.js'
import {PASSWORD, SECRET_CASES, type SecretCase} from './secrets-table.js'
import {command, forEachAtOnce, leaksIn} from './support.js'

describe('secrets are neither printed nor written', function () {
  this.timeout(120_000)

  for (const [group, cases] of Object.entries(SECRET_CASES)) {
    for (const isJson of [false, true]) {
      it(`${group}, ${isJson ? 'with --json' : 'with DEBUG=*'}`, async () => {
        const outcomes = await forEachAtOnce(cases, 4, async (each) => ({
          what: each.what ?? each.argv,
          ...(await leaksOf(each, isJson)),
        }))
        expect(outcomes).to.deep.equal(cases.map(({argv, exit, what = argv}) => ({what, exit, leaks: []})))
      })
    }
  }
})

/** Runs the command in folders of its own. Returns its exit code and the text around each secret that it shows. */
async function leaksOf(template: SecretCase, isJson: boolean): Promise<{exit: CliRun['exit']; leaks: string[]}> {
  const api = await startAstroApi()
  try {
    const {login: expiresInSeconds} = template
    const login = expiresInSeconds === undefined ? undefined : api.login({expiresInSeconds, rotate: true})
    const token = api.apiToken()
    const {accessToken = '', refreshToken = ''} = login ?? {}
    const words = {token, access: accessToken, refresh: refreshToken}
    let text = JSON.stringify(template)
    for (const [name, value] of Object.entries(words)) text = text.replaceAll(`{${name}}`, value)
    const each = JSON.parse(text) as SecretCase
    const {HOME = '', ...folders} = envFor(api)
    const config = join(HOME, '.astro', 'config.yaml')
    if (login) writeFileSync(config, configWith(api, login).replace(...(each.config ?? ['', ''])))
    if (each.fault) api.inject(each.fault)

    const credential = login ? {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined} : {ASTRO_API_TOKEN: token}
    // DEBUG prints the stack, the arguments and each request.
    const debug = isJson ? undefined : '*'
    const env = {...folders, HOME, ...NO_WAITS, ...credential, DEBUG: debug, ...each.env}
    const cwd = newFolder()
    const {child, end} = startCli(command(...each.argv.split(' '), ...(isJson ? ['--json'] : [])), env, {cwd})
    if (each.isInterrupted) {
      await until(() => api.requests.length > 0)
      child.kill('SIGINT')
    }

    const {exit, stderr, stdout} = await end

    const sent = api.requests.map(({headers}) => (headers.authorization ?? '').replace('Bearer ', ''))
    const secrets = [token, accessToken, refreshToken, PASSWORD, ...sent]
    const files = [HOME, folders.TMPDIR, cwd]
      .flatMap((folder) => filesBelow(folder ?? ''))
      .filter((file) => file !== config || !login)
    const leaks = [
      // oclif wraps the lines of its own errors.
      ...leaksIn({stdout, stderr: `${stderr}\n${stderr.replaceAll(/\n [›»] +/g, '')}`}, secrets),
      ...files.flatMap((file) => leaksIn({stdout: readFileSync(file, 'latin1'), stderr: file}, secrets)),
    ]
    return {exit, leaks}
  } finally {
    await api.close()
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, {recursive: true})
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path, {throwIfNoEntry: false})?.isFile())
}
