import {expect} from 'chai'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {completions} from '../support/completion.js'
import {type Host, makeHostWithPlugin} from '../support/host.js'
import {type Env} from '../support/run-cli.js'

const COMMANDS = ['add', 'list', 'remove', 'update']

describe("completion by the host's autocomplete", function () {
  this.timeout(60_000)
  let env: Env
  let functions: string

  const refresh = async (host: Host) => {
    const cache = mkdtempSync(join(tmpdir(), 'astro-cache-'))
    env = {HOME: cache, PATH: process.env.PATH, XDG_CACHE_HOME: cache}
    const {exit, stdout} = await host.run(['autocomplete', '--refresh-cache'], env)
    expect({exit, stdout}).to.deep.equal({exit: 0, stdout: ''})
    functions = join(cache, 'mycli', 'autocomplete', 'functions', 'bash', 'mycli.bash')
  }

  const offered = async (...words: readonly string[]) => completions(functions, ['mycli', ...words], env)

  it('offers the commands and their flags, and the alias, with a space between topics', async () => {
    await refresh(await makeHostWithPlugin({topicSeparator: ' '}))

    expect(await offered('deployment', '')).to.deep.equal(['inspect', 'organization-token', 'token'])
    expect(await offered('deployment', 'organization-token', '')).to.deep.equal(COMMANDS)
    expect(await offered('deployment', 'token', 'organization-token', '')).to.deep.equal(COMMANDS)
    expect(await offered('deployment', 'organization-token', 'add', '--')).to.include.members([
      '--deployment-id',
      '--json',
      '--org-token-name',
      '--role',
    ])
  })

  it('offers the commands and the alias with a colon between topics', async () => {
    await refresh(await makeHostWithPlugin({topicSeparator: ':'}))

    for (const topic of ['deployment:organization-token:', 'deployment:token:organization-token:']) {
      expect(await offered(topic)).to.deep.equal(COMMANDS.map((name) => topic + name))
    }
  })
})
