import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {mkdir, symlink} from 'node:fs/promises'
import {join} from 'node:path'

import {configPath, parseConfig, readConfig} from '../../../src/lib/auth/config-file.js'
import {readYamlText} from '../../../src/lib/auth/yaml.js'
import {prepareHomes, reportOf} from './fixture.js'

const PATH = '/home/me/.astro/config.yaml'
const MIB = 1024 * 1024
const CONFIG = `# written by astro login
cloud: {api: {port: "443"}}
context: localhost
contexts:
  localhost:
    domain: localhost
    token: Bearer secret-of-login
    refreshtoken: refresh-secret
    expiresin: 2026-03-10T13:00:00.123456789+01:00
    organization: clorg1
    workspace: clwsp1
local:
  core: http://localhost:8888/v1
`
const LOGIN = {
  token: 'secret-of-login',
  refreshToken: 'refresh-secret',
  expiresAt: Date.parse('2026-03-10T12:00:00.123Z'),
  organizationId: 'clorg1',
}
const CONTEXT = {domain: 'localhost', organizationId: 'clorg1', login: LOGIN, mayBeInKeychain: false}
const SIGNED_OUT = {domain: undefined, organizationId: undefined, login: undefined, mayBeInKeychain: false}

function errorOf(path: string, problem: string) {
  const hint = 'Fix the file, or set ASTRO_API_TOKEN and ASTRO_DOMAIN instead'
  return {kind: 'config', message: `The Astro CLI's config file ${path} ${problem}.`, hint}
}

/** The key and the entry of the first context under these keys. */
async function find(content: string) {
  const {findContext} = await parseConfig(PATH, content)
  const found = findContext(['missing', 'constructor', '__proto__', 'empty', 'localhost', 'b'])
  return {key: found?.key, context: found?.read()}
}

describe('the config file of the Astro CLI', () => {
  describe('configPath', () => {
    it('is under ASTRO_HOME, or else under the home directory', () => {
      expect(configPath({ASTRO_HOME: '/other'}, '/home/me')).to.equal('/other/.astro/config.yaml')
      expect(configPath({ASTRO_HOME: ''}, '/home/me')).to.equal(PATH)
      expect(configPath({}, '/home/me')).to.equal(PATH)
    })

    for (const folder of ['', '.', '~']) {
      it(`is undefined for the relative path ${JSON.stringify(folder)}`, () => {
        expect(configPath({}, folder)).to.equal(undefined)
        if (folder) expect(configPath({ASTRO_HOME: folder}, '/home/me')).to.equal(undefined)
      })
    }
  })

  describe('parseConfig', () => {
    it('reads the context and the address of localhost', async () => {
      const expected = {path: PATH, text: CONFIG, context: 'localhost', localCore: 'http://localhost:8888/v1'}
      expect(await parseConfig(PATH, CONFIG)).to.include(expected)
    })

    for (const {content, context, title} of [
      {title: 'reads a login', content: CONFIG, context: CONTEXT},
      {
        title: 'reads a file with CRLF and a byte order mark',
        content: `\uFEFF${CONFIG.replaceAll('\n', '\r\n')}# end`,
        context: CONTEXT,
      },
      {
        title: 'finds the first of two contexts',
        content: 'contexts: {b: {token: a}, localhost: {}}',
        context: SIGNED_OUT,
      },
      {title: 'finds a context after an empty one', content: 'contexts: {empty: , localhost: {}}', context: SIGNED_OUT},
      {title: 'finds a context beside a broken one', content: 'contexts: {localhost: {}, b: 7}', context: SIGNED_OUT},
    ]) {
      it(title, async () => {
        expect(await find(content)).to.deep.equal({key: 'localhost', context})
      })
    }

    for (const [saved, token] of Object.entries({'"bearer  a"': 'a', bearera: 'bearera', 'a-bearer': 'a-bearer'})) {
      it(`reads the token ${saved} as ${token}, without an expiry`, async () => {
        const rest = {refreshToken: undefined, organizationId: undefined}
        const {context} = await find(`contexts: {localhost: {token: ${saved}, expiresin: soon}}`)
        expect(context).to.deep.equal({...SIGNED_OUT, login: {token, expiresAt: Infinity, ...rest}})
      })
    }

    for (const token of ["'Bearer '", 'Bearer', "'bearer '", "'Bearer  '", "''", "' '", '~']) {
      it(`finds no login for the token ${token}`, async () => {
        const {context} = await find(`contexts: {localhost: {token: ${token}}}`)
        expect(context).to.deep.equal({...SIGNED_OUT, mayBeInKeychain: /^'?Bearer ?'?$/.test(token)})
      })
    }

    const empty = ['', ' \n\n', '# nothing\n', 'null\n', 'context:\ncontexts:\nlocal:\n']
    const blank = 'context: " "\ncontexts: {other: {token: a}}\nlocal: {core: ""}\n'
    const brackets = [`é: a #${'[{'.repeat(100)}`, `é: a #${'?'.repeat(200)}`]
    const marks = [`é: a #${':'.repeat(19_997)}`, `é: a # ${'- '.repeat(19_997)}`, `é: ${'-./+=_a '.repeat(20_000)}`]
    for (const content of [...empty, blank, ...brackets, ...marks]) {
      it(`finds nothing in ${JSON.stringify(content.slice(0, 40))} (${content.length} characters)`, async () => {
        expect(await parseConfig(PATH, content)).to.include({context: undefined, localCore: undefined})
        expect(await find(content)).to.deep.equal({key: undefined, context: undefined})
      })
    }

    for (const [content, problem] of Object.entries({
      'context: astronomer.io\ncontexts: {secret: [\n': 'is not valid YAML (line 3)',
      'context: astronomer.io\ncontext: localhost\n': 'is not valid YAML (line 2)',
      'context: *secret\n': 'has an invalid alias, or too many',
      '# one\nsecret\n': 'is not a mapping (line 2)',
      '# one\n\ncontext: 12\n': 'has a value at context that is not text (line 3)',
      'contexts: secret\n': 'has a value at contexts that is not a mapping (line 1)',
      'local:\r\n  core: {a: 1}\n': 'has a value at local.core that is not text (line 2)',
      'x: &x {b: 7}\ncontexts: *x': 'has a value at contexts.b that is not a mapping',
      'contexts:\n  b: secret': 'has a value at contexts.b that is not a mapping (line 2)',
      ...Object.fromEntries(
        ['token', 'refreshtoken', 'expiresin', 'organization', 'domain'].map((field) => [
          `contexts: {b: {${field}: 12}}`,
          `has a value at contexts.b.${field} that is not text (line 1)`,
        ]),
      ),
      ...Object.fromEntries(
        ['['.repeat(201), '{'.repeat(201), '?'.repeat(201), ':'.repeat(19_998), ` ${'- '.repeat(19_998)}`].map(
          (text) => [`é: a #${text}`, 'has too many entries or levels'],
        ),
      ),
    })) {
      it(`rejects ${JSON.stringify(content.slice(0, 60))}`, async () => {
        expect(await reportOf(async () => find(content))).to.deep.equal(errorOf(PATH, problem))
      })
    }
  })

  describe('readConfig', () => {
    const {create, on, remove} = prepareHomes()

    beforeEach(create)

    afterEach(remove)

    const read = async (path = on.path) => readConfig(path, on.options.clock)

    it('finds nothing if the file or its folder is missing', async () => {
      await on.write(CONFIG)
      for (const name of ['other.yaml', 'none/config.yaml', '.astro/config.yaml/config.yaml']) {
        const path = join(on.home, name)
        expect(await read(path)).to.include({path, text: '', context: undefined, localCore: undefined})
      }

      expect(on.sleeps).to.deep.equal([])
    })

    it('reads a file of 1 MiB', async () => {
      await on.write('local: {core: x}\n'.padStart(MIB))
      expect(await read()).to.have.property('localCore', 'x')
    })

    const cut = [
      {what: 'empty', content: '\n'},
      {what: 'without the entry of its context', content: 'context: https://cloud.astronomer.io\ncontexts: {a: {}}\n'},
    ]
    for (const {content, what} of cut) {
      it(`reads a file again that is ${what}, as the Astro CLI leaves it for a moment`, async () => {
        await on.write(content)
        on.duringSleep = async () => on.sleeps.length === 5 && on.write(CONFIG)
        expect(await read()).to.have.property('context', 'localhost')
        expect(on.sleeps).to.deep.equal([20, 20, 20, 20, 20])
      })

      it(`takes a file as it is that stays ${what} for 100 ms`, async () => {
        await on.write(content)
        expect(await read()).to.have.property('text', content)
        expect(on.sleeps).to.deep.equal([20, 20, 20, 20, 20])
      })
    }

    for (const content of ['context: cloud.astronomer.io\ncontexts: {astronomer_io: {}}\n', 'local: {core: x}\n']) {
      it(`reads ${JSON.stringify(content)} once`, async () => {
        await on.write(content)
        expect(await read()).to.have.property('text', content)
        expect(on.sleeps).to.deep.equal([])
      })
    }

    for (const {prepare, problem, what} of [
      {what: 'a folder', problem: 'is not a regular file', prepare: async () => mkdir(on.path)},
      {what: 'a FIFO', problem: 'is not a regular file', prepare: async () => execFileSync('mkfifo', [on.path])},
      {what: 'a link to itself', problem: 'cannot be read (ELOOP)', prepare: async () => symlink(on.path, on.path)},
      {what: 'over 1 MiB', problem: 'is larger than 1 MiB', prepare: async () => on.write(Buffer.alloc(MIB + 1, '#'))},
    ]) {
      it(`rejects a file that is ${what}`, async () => {
        await prepare()
        expect(await reportOf(read)).to.deep.equal(errorOf(on.path, problem))
      })
    }

    it('returns only a file whose owner passes the check', async () => {
      await on.write(CONFIG)
      const file = {path: on.path, what: 'The file', hint: 'Fix it'}
      const own = process.getuid?.() ?? 0
      for (const trusted of [own, own + 1]) {
        const found = await readYamlText(file, (owner) => (owner === trusted ? undefined : `belongs to ${owner}`))
        const expected = {kind: 'unsuitable', problem: `belongs to ${own}`}
        expect(found).to.deep.equal(trusted === own ? {kind: 'text', text: CONFIG} : expected)
      }
    })
  })
})
