import {expect} from 'chai'
import {readFileSync} from 'node:fs'
import {runInNewContext} from 'node:vm'

import {BIN} from '../support/run-cli.js'

const CODE = readFileSync(BIN, 'utf8')

/** What bin/run.js does with this version of Node.js. */
function start(version: string) {
  const process = {exitCode: undefined, version: `v${version}`, versions: {node: version}}
  const loaded: string[] = []
  const printed: string[] = []
  const require = (name: string) => {
    loaded.push(name)
    return {main() {}}
  }

  runInNewContext(CODE, {console: {error: (line: string) => printed.push(line)}, process, require})
  return {exitCode: process.exitCode, loaded, printed}
}

describe('bin/run.js', () => {
  it('starts the program on supported versions of Node.js', () => {
    for (const version of ['20.19.0', '20.20.2', '22.12.0', '22.23.5', '23.0.0', '24.1.0', '26.12.1'])
      expect(start(version), version).to.deep.equal({exitCode: undefined, loaded: ['../dist/main.cjs'], printed: []})
  })

  it('loads nothing on other versions, and prints which version it needs', () => {
    for (const version of ['0.12.18', '18.20.4', '20.0.0', '20.18.3', '21.7.3', '22.11.0']) {
      const message = `astro-plugin-organization-token requires Node.js 22.12 or later, or 20.x from 20.19; this is v${version}.`
      expect(start(version)).to.deep.equal({exitCode: 2, loaded: [], printed: [message]})
    }
  })

  it('has only syntax that old versions of Node.js can parse', () => {
    expect(CODE).not.to.match(/=>|`|\b(?:async|const|import|let)\b(?! [a-z]+[,.])/)
  })
})
