import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

import {linkTargets, withAbsoluteLinks} from '../../scripts/docs/links.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = execFileSync('git', ['ls-files', '*.md'], {cwd: ROOT, encoding: 'utf8'}).trim().split('\n')

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\s\w-]/g, '')
      .replaceAll(' ', '-'),
  )
}

function isBroken(page: string, target: string): boolean {
  if (/^https?:/.test(target)) return false
  const [path = '', anchor] = target.split('#')
  const file = path ? join(dirname(page), path) : page
  if (!existsSync(join(ROOT, file))) return true
  return anchor !== undefined && !anchorsOf(file).includes(anchor)
}

describe('the documentation', () => {
  describe('its links', () => {
    for (const page of PAGES) {
      it(`of ${page} lead to files and headings that exist`, () => {
        expect(linkTargets(read(page)).filter((target) => isBroken(page, target))).to.deep.equal([])
      })
    }
  })

  describe('withAbsoluteLinks', () => {
    const page = [
      '![A picture](docs/demo.svg) [`code`](docs/output.md#columns) [here](#here) [Astro](https://www.astronomer.io)',
      '```md',
      '[link](in/code.md)',
      '```',
      '',
    ].join('\n')

    it('leads to the tag on GitHub, and leaves other links and code as they are', () => {
      const absolute = withAbsoluteLinks(page, 'git+https://github.com/acme/plugin.git', 'v1.2.3')

      expect(absolute.split('\n')).to.deep.equal([
        '![A picture](https://raw.githubusercontent.com/acme/plugin/v1.2.3/docs/demo.svg)' +
          ' [`code`](https://github.com/acme/plugin/blob/v1.2.3/docs/output.md#columns)' +
          ' [here](#here) [Astro](https://www.astronomer.io)',
        ...page.split('\n').slice(1),
      ])
    })

    for (const repository of [undefined, 'git+https://gitlab.example/acme/plugin.git']) {
      it(`returns the page as it is with the repository ${repository}`, () => {
        expect(withAbsoluteLinks(page, repository, 'v1.2.3')).to.equal(page)
      })
    }
  })

  describe('packing', () => {
    it('makes the links of README absolute, and restores README afterwards', () => {
      const folder = mkdtempSync(join(tmpdir(), 'astro-readme-'))
      const readme = join(folder, 'README.md')
      const original = '[Output](docs/output.md)\n'
      const run = (...argv: string[]) => {
        const script = join(ROOT, 'scripts/docs/absolute-links.ts')
        execFileSync(process.execPath, ['--import', TSX, script, ...argv], {cwd: folder})
      }

      const repository = {type: 'git', url: 'git+https://github.com/acme/plugin.git'}
      writeFileSync(readme, original)
      writeFileSync(join(folder, 'package.json'), JSON.stringify({repository, version: '1.2.3'}))

      run()
      const packed = readFileSync(readme, 'utf8')
      run('--restore')

      expect(packed).to.equal('[Output](https://github.com/acme/plugin/blob/v1.2.3/docs/output.md)\n')
      expect(readFileSync(readme, 'utf8')).to.equal(original)
    })
  })

  describe('README', () => {
    it('has at most 250 lines', () => {
      expect(read('README.md').trimEnd().split('\n')).to.have.length.at.most(250)
    })
  })
})
