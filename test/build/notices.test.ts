import {expect} from 'chai'
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {thirdPartyNotices} from '../../build/notices.js'

/** Writes packages outside this one, as with a linked node_modules, and returns the notices of a bundle with this file. */
function noticesOf(files: Readonly<Record<string, string>>, input: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'astro-notices-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true})
    writeFileSync(join(folder, path), text)
  }

  const inputs = {[join(folder, input)]: {bytesInOutput: 1}, 'builtin:node:fs for a': {bytesInOutput: 1}}
  const output = {bytes: 1, entryPoint: 'src/main.ts', exports: [], imports: [], inputs}
  return thirdPartyNotices({inputs: {}, outputs: {'dist/main.cjs': output}})
}

const LIBRARY = JSON.stringify({name: 'library', version: '1.2.3', license: 'MIT', author: 'Ann'})
const UNLICENSED = JSON.stringify({name: 'library', version: '1.2.3'})

describe('the third-party notices', () => {
  it('have the license of a library, wherever it is installed', () => {
    const files = {'package.json': LIBRARY, LICENSE: 'Use it.\n', 'esm/package.json': '{"type":"module"}'}
    expect(noticesOf(files, 'esm/index.js')).to.match(/-{80}\nlibrary 1\.2\.3 \(MIT\)\n\nUse it\.\n$/)
  })

  it('name the author of a library without a license file', () => {
    expect(noticesOf({'package.json': LIBRARY}, 'index.js')).to.match(/\(MIT\), by Ann\n/)
  })

  it('fail if a library does not declare its license', () => {
    expect(() => noticesOf({'package.json': UNLICENSED}, 'index.js')).to.throw('library does not declare its license')
  })

  it('fail if the bundle contains no library', () => {
    expect(() => thirdPartyNotices({inputs: {}, outputs: {}})).to.throw('The bundle contains no library')
  })
})
