import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {appendFileSync} from 'node:fs'
import {mkdir, readdir, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {configPath, parseConfig, readConfig} from '../../../src/lib/auth/config-file.js'
import {readYamlText} from '../../../src/lib/auth/yaml-file.js'
import {CONFIG, CONTEXTS, EMPTY_FILES, FIX_FILE, FOLDERS, REJECTED} from './config-table.js'
import {prepareHomes, reportOf} from './fixture.js'

const PATH = '/home/me/.astro/config.yaml'
const MIB = 1024 * 1024

async function find(text: string) {
  const config = await parseConfig(PATH, text)
  return config.findContext(['missing', 'constructor', '__proto__', 'empty', 'localhost', 'b'])
}

function errorOf(path: string, problem: string, hint = FIX_FILE) {
  return {kind: 'config', message: `The Astro CLI's config file ${path} ${problem}.`, hint}
}

describe('the config file of the Astro CLI', () => {
  for (const [env, home, folder] of FOLDERS) {
    it(`is in ${folder ?? 'no folder'} for ${JSON.stringify({...env, home})}`, () => {
      expect(configPath(env, home)).to.equal(folder && join(folder, '.astro', 'config.yaml'))
    })
  }

  describe('in memory', () => {
    it('has a context and the address of localhost', async () => {
      const expected = {path: PATH, context: 'astronomer.io', localCore: 'http://localhost:8888/v1'}
      expect(await parseConfig(PATH, CONFIG)).to.include(expected)
    })

    for (const [title, text, context] of CONTEXTS) {
      it(title, async () => {
        expect(await find(text)).to.deep.equal(context)
      })
    }

    for (const text of EMPTY_FILES) {
      it(`has nothing in ${JSON.stringify(text.slice(0, 40))} (${text.length} characters)`, async () => {
        expect(await parseConfig(PATH, text)).to.include({context: undefined, localCore: undefined})
        expect(await find(text)).to.equal(undefined)
      })
    }

    for (const [what, text, problem, hint] of REJECTED) {
      it(`rejects a file ${what}`, async () => {
        expect(await reportOf(async () => find(text))).to.deep.equal(errorOf(PATH, problem, hint))
      })
    }
  })

  describe('on disk', () => {
    const {create, on, remove} = prepareHomes()

    beforeEach(create)

    afterEach(remove)

    it('is empty if the file or its folder is missing', async () => {
      await on.write(CONFIG)
      for (const name of ['other.yaml', 'none/config.yaml', '.astro/config.yaml/config.yaml']) {
        const path = join(on.home, name)
        expect(await readConfig(path)).to.include({path, context: undefined, localCore: undefined})
      }
    })

    it('reads a file of 1 MiB, and closes it', async () => {
      await on.write('context: localhost\n'.padStart(MIB))
      const before = await readdir('/dev/fd')
      expect(await readConfig(on.path)).to.have.property('context', 'localhost')
      expect(await readdir('/dev/fd')).to.have.length(before.length)
    })

    for (const [what, problem, prepare] of [
      ['a folder', 'is not a regular file', async () => mkdir(on.path)],
      ['a FIFO', 'is not a regular file', async () => execFileSync('mkfifo', [on.path])],
      ['a link to itself', 'cannot be read (ELOOP)', async () => symlink(on.path, on.path)],
      ['over 1 MiB', 'is larger than 1 MiB', async () => on.write(Buffer.alloc(MIB + 1, '#'))],
      ['binary', 'is not UTF-8 text', async () => on.write(Buffer.from([0, 255, 254, 128, 1, 27, 7, 10]))],
      // Root may read every file.
      ...(process.getuid?.() === 0
        ? []
        : [['unreadable', 'cannot be read (EACCES)', async () => writeFile(on.path, '', {mode: 0})] as const]),
    ] as const) {
      it(`rejects a file that is ${what}`, async () => {
        await prepare()
        expect(await reportOf(async () => readConfig(on.path))).to.deep.equal(errorOf(on.path, problem))
      })
    }

    const belongs = `belongs to user ${process.getuid?.() ?? 0}`
    for (const [title, failingCheck, problem] of [
      ['its owner fails the check', 1, belongs],
      ['its owner fails the check when it is opened', 2, belongs],
      ['it has grown when it is read', 0, 'is larger than 1 MiB'],
    ] as const) {
      it(`is not returned if ${title}`, async () => {
        await on.write(Buffer.alloc(MIB))
        let checks = 0
        const found = await readYamlText({path: on.path, what: 'The file', hint: 'Fix it'}, (owner) => {
          checks += 1
          if (failingCheck === 0 && checks === 2) appendFileSync(on.path, 'x')
          return checks === failingCheck ? `belongs to user ${owner}` : undefined
        })
        expect(found).to.deep.equal({kind: 'unsuitable', problem})
      })
    }
  })
})
