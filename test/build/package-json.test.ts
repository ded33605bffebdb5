import {expect} from 'chai'
import {readFileSync} from 'node:fs'

describe('package.json', () => {
  it('has no script that npm would run, or warn about, when it installs the package', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    const {scripts} = JSON.parse(text) as {readonly scripts: object}
    expect(scripts).not.to.have.any.keys('preinstall', 'install', 'postinstall', 'prepare')
  })
})
