import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {ROOT} from '../support/host.js'

const PAGES = execFileSync('git', ['ls-files', '*.md'], {cwd: ROOT, encoding: 'utf8'}).trim().split('\n')

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** The targets of the links and images of a page, except in code blocks. */
function linkTargets(page: string): string[] {
  const text = read(page).replaceAll(/^ *(?<fence>```+)[\s\S]*?^ *\k<fence>$/gm, '')
  return [...text.matchAll(/!?\[[^\]]*\]\(([^\s)]+)\)/g)].map(([, target = '']) => target)
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase())
  return headings.map((heading) => heading.replaceAll(/[^\s\w-]/g, '').replaceAll(' ', '-'))
}

function isBroken(page: string, target: string): boolean {
  if (/^https?:/.test(target)) return false
  const [path = '', anchor] = target.split('#')
  const file = path ? join(dirname(page), path) : page
  return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor))
}

describe('the documentation', () => {
  it('links to files and headings that exist', () => {
    const links = PAGES.flatMap((page) => linkTargets(page).map((target) => ({page, target})))
    expect(links).to.have.length.above(0)
    expect(links.filter(({page, target}) => isBroken(page, target))).to.deep.equal([])
  })

  it('names files in ARCHITECTURE.md that exist, except new ones', () => {
    const paths = read('ARCHITECTURE.md').matchAll(/`([\w./-]+\/[\w./-]*)`(?! \(new\))/g)
    for (const [, path = ''] of paths) {
      const isThere = ['', 'src', 'src/lib'].some((at) => existsSync(join(ROOT, at, path)))
      expect(isThere, path).to.equal(true)
    }
  })
})
