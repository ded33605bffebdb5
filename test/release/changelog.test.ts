import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {devNull, tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the changelog', () => {
  it('gets a section of what users notice, and keeps what it has', () => {
    const folder = mkdtempSync(join(tmpdir(), 'astro-changelog-'))
    // Of the machine's own settings, none: they may ask for signatures.
    const env = {...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_SYSTEM: devNull}
    const run = (program: string, ...args: readonly string[]) => execFileSync(program, args, {cwd: folder, env})
    const git = (...args: readonly string[]) => run('git', '-c', 'user.name=A', '-c', 'user.email=a@a.example', ...args)
    const commit = (message: string) => git('commit', '--quiet', '--allow-empty', '--message', message)
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## 0.1.0\n\n- The four commands.\n')
    git('init', '--quiet')
    commit('An old subject')
    git('tag', 'v0.1.0')
    commit('feat(list): say when a token expires\n\nWhy, at length.')
    commit('fix: keep the order of roles')
    commit('test: pin the order of roles')
    commit('feat!: print times in UTC\n\nBREAKING CHANGE: times have no offset any more')

    const cliff = join(ROOT, 'node_modules/git-cliff/lib/cli/cli.js')
    const config = ['--config', join(ROOT, 'cliff.toml'), '--unreleased', '--tag', 'v0.2.0']
    run(process.execPath, cliff, ...config, '--prepend', 'CHANGELOG.md')

    const changelog = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')
    expect(changelog.replace(/\(\d{4}-\d\d-\d\d\)/, '(today)')).to.equal(`# Changelog

## 0.2.0 (today)

### Added

- list: Say when a token expires
- Print times in UTC **Breaking: times have no offset any more**

### Fixed

- Keep the order of roles

## 0.1.0

- The four commands.
`)
  })
})
