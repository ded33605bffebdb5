import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'

import {type AstroConfig, configPath, readConfig, type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {failureOf, textOf} from '../support.js'

const CONFIG = `# written by astro login
cloud:
  api:
    port: "443"
context: astronomer.io
contexts:
  astronomer_io:
    domain: astronomer.io
    token: Bearer secret-of-login
    refreshtoken: refresh-secret
    expiresin: 2026-03-10T13:00:00.123456789+01:00
    organization: clorg1
    workspace: clwsp1
  localhost:
    token: secret-of-localhost
  pr1234_astronomer-dev_io:
    token: "bearer  secret-of-preview"
  astronomer-stage_io:
    token: ""
  astronomer-perf_io:
local:
  core: http://localhost:8888/v1
`

function loginTo(config: AstroConfig, domain: string): SavedLogin | undefined {
  return config.findContext([domain.replaceAll('.', '_')])?.login
}

describe('the config file of the Astro CLI', () => {
  describe('configPath', () => {
    const home = resolve('/home/me')

    it('is under ASTRO_HOME', () => {
      const other = resolve('/somewhere')
      expect(configPath({ASTRO_HOME: other}, home)).to.equal(join(other, '.astro', 'config.yaml'))
    })

    for (const env of [{}, {ASTRO_HOME: ''}]) {
      it(`is under the home directory where the environment is ${JSON.stringify(env)}`, () => {
        expect(configPath(env, home)).to.equal(join(home, '.astro', 'config.yaml'))
      })
    }

    for (const folder of ['.', '..', 'home', './home', '~', ' /home/me', '']) {
      it(`is nowhere where the home directory is ${JSON.stringify(folder)}`, () => {
        expect(configPath({}, folder)).to.equal(undefined)
      })

      if (folder) {
        it(`is nowhere where ASTRO_HOME is ${JSON.stringify(folder)}, whatever the home directory`, () => {
          expect(configPath({ASTRO_HOME: folder}, home)).to.equal(undefined)
        })
      }
    }
  })

  describe('readConfig', () => {
    let folder: string
    let path: string

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'astro-config-'))
      path = join(folder, 'config.yaml')
    })

    afterEach(async () => {
      await rm(folder, {recursive: true})
    })

    it('reads the context, the address of localhost and the logins', async () => {
      await writeFile(path, CONFIG)
      const config = await readConfig(path)
      expect(config).to.include({path, context: 'astronomer.io', localCore: 'http://localhost:8888/v1'})
      expect(loginTo(config, 'astronomer.io')).to.deep.include({
        token: 'secret-of-login',
        refreshToken: 'refresh-secret',
        expiresIn: '2026-03-10T13:00:00.123456789+01:00',
        organizationId: 'clorg1',
      })
    })

    it('takes a token without Bearer before it, or with another case of it', async () => {
      await writeFile(path, CONFIG)
      const config = await readConfig(path)
      expect(loginTo(config, 'localhost')).to.have.property('token', 'secret-of-localhost')
      expect(loginTo(config, 'pr1234.astronomer-dev.io')).to.have.property('token', 'secret-of-preview')
    })

    it('knows no login where the token is empty, the entry is empty or there is none', async () => {
      await writeFile(path, CONFIG)
      const config = await readConfig(path)
      for (const domain of ['astronomer-stage.io', 'astronomer-perf.io', 'astronomer-dev.io']) {
        expect(loginTo(config, domain)).to.equal(undefined)
      }
    })

    for (const [token, mayBeInKeychain] of [
      ["'Bearer '", true],
      ['Bearer', true],
      ['"Bearer "', true],
      ["'bearer '", false],
      ["'Bearer  '", false],
      ["''", false],
      ["' '", false],
      ['', false],
      ['~', false],
    ] as const) {
      it(`takes token: ${token} for signed out${mayBeInKeychain ? ', or a login in the keychain' : ''}`, async () => {
        await writeFile(path, `contexts: {astronomer_io: {token: ${token}, refreshtoken: r, organization: clorg1}}\n`)
        const config = await readConfig(path)
        expect(config.findContext(['astronomer_io'])).to.deep.equal({
          key: 'astronomer_io',
          organizationId: 'clorg1',
          login: undefined,
          mayBeInKeychain,
        })
      })
    }

    it('takes a missing token for signed out', async () => {
      await writeFile(path, 'contexts: {astronomer_io: {organization: clorg1}}\n')
      const config = await readConfig(path)
      expect(config.findContext(['astronomer_io'])).to.deep.include({login: undefined, mayBeInKeychain: false})
    })

    it('finds the first entry that there is, signed out or not', async () => {
      await writeFile(path, "contexts:\n  one_io: {token: one}\n  two_io: {token: ''}\n  three_io:\n")
      const config = await readConfig(path)
      const keysOf = (...names: string[]) => config.findContext(names)?.key
      expect(keysOf('one_io', 'two_io')).to.equal('one_io')
      expect(keysOf('two_io', 'one_io')).to.equal('two_io')
      expect(keysOf('three_io', 'four_io', 'one_io')).to.equal('one_io')
      expect(keysOf('four_io', 'constructor', '__proto__')).to.equal(undefined)
    })

    it('leaves the file byte for byte', async () => {
      const content = `\uFEFF${CONFIG.replaceAll('\n', '\r\n')}# end, no line break`
      await writeFile(path, content)
      const config = await readConfig(path)
      expect(loginTo(config, 'astronomer.io')).to.have.property('token', 'secret-of-login')
      expect(await readFile(path, 'utf8')).to.equal(content)
    })

    for (const [what, content] of [
      ['empty', ''],
      ['blank', ' \n\n'],
      ['nothing but comments', '# nothing\n'],
      ['null', 'null\n'],
      ['without values', 'context:\ncontexts:\nlocal:\n'],
    ] as const) {
      it(`takes a file that is ${what} as one without a login`, async () => {
        await writeFile(path, content)
        const config = await readConfig(path)
        expect(config).to.include({context: undefined, localCore: undefined})
        expect(loginTo(config, 'astronomer.io')).to.equal(undefined)
      })
    }

    it('takes a file, or a folder, that is not there as one without a login', async () => {
      await writeFile(path, CONFIG)
      const missing = [join(folder, 'other.yaml'), join(folder, 'none', 'config.yaml'), join(path, 'config.yaml')]
      for (const config of await Promise.all(missing.map((each) => readConfig(each)))) {
        expect(config).to.include({context: undefined, localCore: undefined})
        expect(loginTo(config, 'astronomer.io')).to.equal(undefined)
      }
    })

    const broken: readonly (readonly [what: string, content: Buffer | string, names: string])[] = [
      ['is not YAML', 'context: astronomer.io\ncontexts: {secret: [\n', 'not valid YAML (line'],
      ['names a key twice', 'context: astronomer.io\ncontext: localhost\n', 'not valid YAML (line 2)'],
      ['holds two documents', 'context: astronomer.io\n---\ncontext: localhost\n', 'not valid YAML (line'],
      ['is indented by tabs', 'contexts:\n\tlocalhost: secret\n', 'not valid YAML (line 2)'],
      ['is a list', '- context: secret\n', 'is not a mapping (line 1)'],
      ['is a word', 'secret\n', 'is not a mapping (line 1)'],
      ['is binary', Buffer.from([0x00, 0xff, 0xfe, 0x80, 0x01, 0x1b, 0x07, 0x0a, 0x00]), 'not UTF-8 text'],
      ['is UTF-16', Buffer.from('\uFEFFcontext: secret\n', 'utf16le'), 'not UTF-8 text'],
      ['has one broken letter', Buffer.from([...Buffer.from('context: secret # '), 0xe9, 0x0a]), 'not UTF-8 text'],
      ['has NUL bytes alone', Buffer.alloc(4), 'config.yaml'],
      ['has a number for the context', '# one\n# two\ncontext: 12\n', 'a value at context that is not text (line 3)'],
      ['has a list for the context', 'context: [secret]\n', 'a value at context that is not text'],
      ['has a word for the contexts', 'contexts: secret\n', 'a value at contexts that is not a mapping (line 1)'],
      ['has a list for local', 'local: [secret]\n', 'a value at local that is not a mapping'],
      [
        'has a mapping for local.core',
        'local:\r\n  core: {secret: 1}\r\n',
        'a value at local.core that is not text (line 2)',
      ],
    ]
    for (const [what, content, names] of broken) {
      it(`refuses a file that ${what}, names it, and repeats nothing of it`, async () => {
        await writeFile(path, content)
        const failure = await failureOf(async () => readConfig(path))
        expect(failure.kind).to.equal('config')
        expect(failure.message).to.contain(path).and.contain(names).and.not.contain('secret')
        expect(failure.details.hint).to.contain('ASTRO_API_TOKEN')
        expect(await readFile(path)).to.deep.equal(Buffer.from(content))
      })
    }

    for (const [entry, names] of [
      ['astronomer_io: secret', 'a value at contexts.astronomer_io that is not a mapping'],
      ['astronomer_io: {token: 12}', 'a value at contexts.astronomer_io.token that is not text (line 3)'],
      [
        'astronomer_io: {token: secret, refreshtoken: 12}',
        'a value at contexts.astronomer_io.refreshtoken that is not text',
      ],
      ['astronomer_io: {token: [secret]}', 'a value at contexts.astronomer_io.token that is not text'],
      ['astronomer_io: {token: secret, expiresin: 12}', 'a value at contexts.astronomer_io.expiresin that is not text'],
      [
        'astronomer_io: {token: secret, organization: {}}',
        'a value at contexts.astronomer_io.organization that is not text',
      ],
    ] as const) {
      it(`refuses the login ${entry}, and other logins stay good`, async () => {
        await writeFile(path, `contexts:\n  localhost: {token: fine}\n  ${entry}\n`)
        const config = await readConfig(path)
        const failure = await failureOf(() => loginTo(config, 'astronomer.io'))
        expect(failure.kind).to.equal('config')
        expect(failure.message).to.contain(path).and.contain(names).and.not.contain('secret')
        expect(loginTo(config, 'localhost')).to.have.property('token', 'fine')
      })
    }

    for (const [what, token] of [
      ['CR and LF', String.raw`"Bearer secret\r\nx-evil: 1"`],
      ['LF', String.raw`"Bearer secret\nmore"`],
      ['a tab', String.raw`"secret\tmore"`],
      ['NUL', String.raw`"Bearer secret\0"`],
      ['DEL', String.raw`"Bearer secret\x7f"`],
      ['an escape sequence', String.raw`"Bearer secret\e[2J"`],
      ['a space', 'Bearer secret more'],
      ['letters that no header can have', 'Bearer secretñ'],
    ] as const) {
      it(`refuses a token with ${what}, and does not repeat it`, async () => {
        await writeFile(path, `contexts:\n  astronomer_io:\n    token: ${token}\n`)
        const config = await readConfig(path)
        const failure = await failureOf(() => loginTo(config, 'astronomer.io'))
        expect(failure).to.include({
          kind: 'config',
          message: `The Astro CLI's config file ${path} has spaces, control or non-ASCII characters in the token at contexts.astronomer_io.token (line 3).`,
        })
        expect(textOf(failure)).not.to.contain('secret')
      })
    }

    it('refuses a folder in the place of the file', async () => {
      await mkdir(path)
      const failure = await failureOf(async () => readConfig(path))
      expect(failure.kind).to.equal('config')
      expect(failure.message).to.contain(path).and.contain('is not a regular file')
    })

    it('refuses a FIFO, an endless file and one of more than 1 MiB, at once', async () => {
      const endless = join(folder, 'endless.yaml')
      await symlink('/dev/zero', endless)
      const fifo = join(folder, 'fifo.yaml')
      execFileSync('mkfifo', [fifo])
      await writeFile(path, Buffer.alloc(1024 * 1024 + 1, '#'))

      for (const [each, problem] of [
        [endless, 'is not a regular file'],
        [fifo, 'is not a regular file'],
        [path, 'is larger than 1 MiB'],
      ] as const) {
        const failure = await failureOf(async () => readConfig(each))
        expect(failure).to.include({kind: 'config', message: `The Astro CLI's config file ${each} ${problem}.`})
      }
    })

    // Whoever is root may read everything.
    if (process.getuid?.() !== 0 && process.platform !== 'win32') {
      it('refuses a file that it may not read', async () => {
        await writeFile(path, CONFIG)
        await chmod(path, 0)
        const failure = await failureOf(async () => readConfig(path))
        expect(failure.kind).to.equal('config')
        expect(failure.message).to.contain(path).and.contain('EACCES')
      })
    }
  })
})
