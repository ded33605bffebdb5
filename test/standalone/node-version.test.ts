import {expect} from 'chai'
import {readFile} from 'node:fs/promises'
import {runInNewContext} from 'node:vm'

import {BIN} from '../support/run-cli.js'

/** What bin/run.js does with this version of Node.js. */
async function start(version: string) {
  const code = await readFile(BIN, 'utf8')
  const process = {exitCode: undefined, version: `v${version}`, versions: {node: version}}
  const [loaded, printed]: string[][] = [[], []]
  const require = (name: string) => {
    loaded?.push(name)
    return {main() {}}
  }

  runInNewContext(code, {console: {error: (line: string) => printed?.push(line)}, process, require})
  return {exitCode: process.exitCode, loaded, printed}
}

describe('bin/run.js', () => {
  for (const version of ['20.19.0', '20.20.2', '22.12.0', '22.23.5', '23.0.0', '24.1.0', '26.12.1']) {
    it(`starts the program on Node.js ${version}`, async () => {
      expect(await start(version)).to.deep.equal({exitCode: undefined, loaded: ['../dist/main.cjs'], printed: []})
    })
  }

  for (const version of ['0.12.18', '18.20.4', '20.0.0', '20.18.3', '21.7.3', '22.11.0']) {
    it(`loads nothing on Node.js ${version}, and prints which version it needs`, async () => {
      expect(await start(version)).to.deep.equal({
        exitCode: 2,
        loaded: [],
        printed: [
          `astro-plugin-organization-token requires Node.js 22.12 or later, or 20.x from 20.19; this is v${version}.`,
        ],
      })
    })
  }

  it('has only syntax that old versions of Node.js can parse', async () => {
    expect(await readFile(BIN, 'utf8')).not.to.match(/=>|`|\b(?:async|const|import|let)\b(?! [a-z]+[,.])/)
  })
})
