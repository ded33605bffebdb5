import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {symlink} from 'node:fs/promises'
import {join} from 'node:path'

import {configPath, parseConfig, readConfig} from '../../../src/lib/auth/config-file.js'
import {readYamlText} from '../../../src/lib/auth/yaml.js'
import {prepareHomes, reportOf} from './fixture.js'

const PATH = '/home/me/.astro/config.yaml'
const MIB = 1024 * 1024
const CONFIG = `# written by astro login
context: localhost
contexts:
  localhost:
    domain: localhost
    token: Bearer secret-of-login
    refreshtoken: refresh-secret
    expiresin: 2026-03-10T13:00:00.123456789+01:00
    organization: clorg1
local:
  core: http://localhost:8888/v1
`

function errorOf(path: string, problem: string) {
  const hint = 'Fix the file, or set ASTRO_API_TOKEN and ASTRO_DOMAIN instead'
  return {kind: 'config', message: `The Astro CLI's config file ${path} ${problem}.`, hint}
}

/** Texts with this many opening brackets or special characters. */
const brackets = (count: number) => `é: a #${'?[{'.repeat(66)}${'['.repeat(count - 198)}`
const marks = (count: number) =>
  `é: a # ${'- '.repeat(10_000)}${':'.repeat(count - 10_003)} ${'-./+=_a '.repeat(20_000)}`

/** The key and the entry of the first context under these keys. */
async function find(content: string) {
  const {findContext} = await parseConfig(PATH, content)
  const found = findContext(['missing', 'constructor', '__proto__', 'empty', 'localhost', 'b'])
  return {key: found?.key, context: found?.read()}
}

describe('the config file of the Astro CLI', () => {
  it('is under ASTRO_HOME, or else under the home directory, if that is an absolute path', () => {
    expect(configPath({ASTRO_HOME: '/other'}, '/home/me')).to.equal('/other/.astro/config.yaml')
    expect(configPath({ASTRO_HOME: ''}, '/home/me')).to.equal(PATH)
    expect(configPath({ASTRO_HOME: '.'}, '/home/me')).to.equal(undefined)
  })

  describe('parseConfig', () => {
    it('reads a login, the context and local.core from a file with CRLF and a byte order mark', async () => {
      const content = `\uFEFF${CONFIG.replaceAll('\n', '\r\n')}# end`
      const expiresAt = Date.parse('2026-03-10T12:00:00.123Z')
      const login = {token: 'secret-of-login', refreshToken: 'refresh-secret', expiresAt, organizationId: 'clorg1'}
      const context = {domain: 'localhost', organizationId: 'clorg1', login, mayBeInKeychain: false}
      expect(await find(content)).to.deep.equal({key: 'localhost', context})
      const expected = {path: PATH, text: content, context: 'localhost', localCore: 'http://localhost:8888/v1'}
      expect(await parseConfig(PATH, content)).to.include(expected)
    })

    it('finds the first context of several that is not empty, beside a broken one', async () => {
      const context = {domain: undefined, organizationId: undefined, login: undefined, mayBeInKeychain: false}
      expect(await find('contexts: {b: 7, empty: , localhost: {}}')).to.deep.equal({key: 'localhost', context})
    })

    const tokens = {'"bearer  a"': 'a', bearera: 'bearera', 'a-bearer': 'a-bearer'}
    const none = {"'Bearer '": undefined, Bearer: undefined, "'bearer '": undefined, "''": undefined}
    for (const [saved, token] of Object.entries({...tokens, ...none})) {
      it(`reads ${token ?? 'no token'} from ${saved}, without an expiry`, async () => {
        const {context} = await find(`contexts: {localhost: {token: ${saved}, expiresin: soon}}`)
        expect(context?.login?.token).to.equal(token)
        expect(context?.login?.expiresAt).to.equal(token && Infinity)
        expect(context?.mayBeInKeychain).to.equal(/^'?Bearer ?'?$/.test(saved))
      })
    }

    const blank = 'context: " "\ncontexts: {other: {token: a}}\nlocal: {core: ""}\n'
    for (const content of ['', 'context:\ncontexts:\nlocal:\n', blank, brackets(200), marks(20_000)]) {
      it(`finds nothing in ${JSON.stringify(content.slice(0, 40))} (${content.length} characters)`, async () => {
        expect(await parseConfig(PATH, content)).to.include({context: undefined, localCore: undefined})
        expect(await find(content)).to.deep.equal({key: undefined, context: undefined})
      })
    }

    for (const [content, problem] of Object.entries({
      'context: astronomer.io\ncontexts: {secret: [\n': 'is not valid YAML (line 3)',
      'context: *secret\n': 'has an invalid alias, or too many',
      '# one\nsecret\n': 'is not a mapping (line 2)',
      '# one\n\ncontext: 12\n': 'has a value at context that is not text (line 3)',
      'contexts: secret\n': 'has a value at contexts that is not a mapping (line 1)',
      'local: [secret]\n': 'has a value at local that is not a mapping (line 1)',
      'local:\r\n  core: {a: 1}\n': 'has a value at local.core that is not text (line 2)',
      'x: &x {b: 7}\ncontexts: *x': 'has a value at contexts.b that is not a mapping',
      'contexts: {b: {token: 12}}': 'has a value at contexts.b.token that is not text (line 1)',
      [brackets(201)]: 'has too many entries or levels',
      [marks(20_001)]: 'has too many entries or levels',
    })) {
      it(`rejects ${JSON.stringify(content.slice(0, 60))}`, async () => {
        expect(await reportOf(async () => find(content))).to.deep.equal(errorOf(PATH, problem))
      })
    }
  })

  describe('readConfig', () => {
    const {check, create, on} = prepareHomes()

    beforeEach(create)

    afterEach(check)

    /** The text that is read, and the waits. The file has the text `later` after the fifth. */
    const read = async ({path = on.path, later = ''} = {}) => {
      const sleeps: number[] = []
      const sleep = async (milliseconds: number) => {
        sleeps.push(milliseconds)
        if (later && sleeps.length === 5) await on.write(later)
      }

      const {text} = await readConfig(path, {sleep})
      return {text, sleeps}
    }

    it('finds nothing if the file or its folder is missing', async () => {
      expect(await read()).to.deep.equal({text: '', sleeps: []})
      await on.write(CONFIG)
      expect(await read({path: join(on.path, 'config.yaml')})).to.deep.equal({text: '', sleeps: []})
    })

    for (const text of ['\n', 'context: https://cloud.astronomer.io\ncontexts: {a: {}}\n']) {
      it(`reads ${JSON.stringify(text)} again for 100 ms, as the Astro CLI leaves it for a moment`, async () => {
        const sleeps = [20, 20, 20, 20, 20]
        await on.write(text)
        expect(await read()).to.deep.equal({text, sleeps})
        expect(await read({later: CONFIG})).to.deep.equal({text: CONFIG, sleeps})
      })
    }

    for (const text of ['context: cloud.astronomer.io\ncontexts: {astronomer_io: {}}\n', 'x: y'.padStart(MIB)]) {
      it(`reads ${JSON.stringify(text.trim())} once, in a file of ${text.length} bytes`, async () => {
        await on.write(text)
        expect(await read()).to.deep.equal({text, sleeps: []})
      })
    }

    for (const {prepare, problem, what} of [
      {what: 'a FIFO', problem: 'is not a regular file', prepare: async () => execFileSync('mkfifo', [on.path])},
      {what: 'a link to itself', problem: 'cannot be read (ELOOP)', prepare: async () => symlink(on.path, on.path)},
      {what: 'over 1 MiB', problem: 'is larger than 1 MiB', prepare: async () => on.write('#'.repeat(MIB + 1))},
    ]) {
      it(`rejects a file that is ${what}`, async () => {
        await prepare()
        expect(await reportOf(read)).to.deep.equal(errorOf(on.path, problem))
      })
    }

    it('returns no file whose owner does not pass the check', async () => {
      await on.write(CONFIG)
      const found = await readYamlText({path: on.path, what: 'The file', hint: 'Fix it'}, (owner) => `is of ${owner}`)
      expect(found).to.deep.equal({kind: 'unsuitable', problem: `is of ${process.getuid?.()}`})
    })
  })
})
