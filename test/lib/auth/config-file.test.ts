import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {parseConfig, readConfig} from '../../../src/lib/auth/config-file.js'
import {readYamlText} from '../../../src/lib/auth/yaml.js'
import {createHome, reportOf} from './fixture.js'

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

/** The text that is read, and the waits. The file has the text `later` after the fifth. */
async function read(path: string, later?: string) {
  const sleeps: number[] = []
  const sleep = async (milliseconds: number) => {
    sleeps.push(milliseconds)
    if (later !== undefined && sleeps.length === 5) await writeFile(path, later)
  }

  const {text} = await readConfig(path, {sleep})
  return {text, sleeps}
}

describe('the config file of the Astro CLI', () => {
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

    for (const [saved, token] of Object.entries({'"bearer  a"': 'a', 'a-bearer': 'a-bearer', Bearer: undefined})) {
      it(`reads ${token ?? 'no token'} from ${saved}, without an expiry`, async () => {
        const {context} = await find(`contexts: {localhost: {token: ${saved}, expiresin: soon}}`)
        expect(context?.login?.token).to.equal(token)
        expect(context?.login?.expiresAt).to.equal(token && Infinity)
        expect(context?.mayBeInKeychain).to.equal(token === undefined)
      })
    }

    const blank = 'context: " "\ncontexts: {other: {token: a}}\nlocal: {core: ""}\n'
    for (const content of ['context:\ncontexts:\nlocal:\n', blank, brackets(200), marks(20_000)]) {
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
    it('finds nothing if the file or its folder is missing', async () => {
      expect(await read(createHome().path)).to.deep.equal({text: '', sleeps: []})
      expect(await read(join(createHome(CONFIG).path, 'config.yaml'))).to.deep.equal({text: '', sleeps: []})
    })

    for (const text of ['\n', 'context: https://cloud.astronomer.io\ncontexts: {a: {}}\n']) {
      it(`reads ${JSON.stringify(text)} again for 100 ms, as the Astro CLI leaves it for a moment`, async () => {
        const {path} = createHome(text)
        const sleeps = [20, 20, 20, 20, 20]
        expect(await read(path)).to.deep.equal({text, sleeps})
        expect(await read(path, CONFIG)).to.deep.equal({text: CONFIG, sleeps})
      })
    }

    for (const text of ['context: cloud.astronomer.io\ncontexts: {astronomer_io: {}}\n', 'x: y'.padStart(MIB)]) {
      it(`reads ${JSON.stringify(text.trim())} once, in a file of ${text.length} bytes`, async () => {
        expect(await read(createHome(text).path)).to.deep.equal({text, sleeps: []})
      })
    }

    it('reads only a file whose owner passes the check', async () => {
      const file = {path: createHome(CONFIG).path, what: 'The file', hint: 'Fix it'}
      const own = process.getuid?.() ?? 0
      const readFor = (user: number) => readYamlText(file, (owner) => (owner === user ? undefined : `is of ${owner}`))
      expect(readFor(own)).to.deep.equal({kind: 'text', text: CONFIG})
      expect(readFor(own + 1)).to.deep.equal({kind: 'unsuitable', problem: `is of ${own}`})
    })

    for (const {prepare, problem} of [
      {problem: 'is not a regular file', prepare: (path: string) => execFileSync('mkfifo', [path])},
      {problem: 'cannot be read (ELOOP)', prepare: async (path: string) => symlink(path, path)},
      {problem: 'is larger than 1 MiB', prepare: async (path: string) => writeFile(path, '#'.repeat(MIB + 1))},
    ]) {
      it(`rejects a file that ${problem}`, async () => {
        const {path} = createHome()
        await prepare(path)
        expect(await reportOf(async () => read(path))).to.deep.equal(errorOf(path, problem))
      })
    }
  })
})
