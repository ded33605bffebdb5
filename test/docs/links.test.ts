import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = execFileSync('git', ['ls-files', '*.md'], {cwd: ROOT, encoding: 'utf8'}).trim().split('\n')

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** The targets of the links and images of a page, except in code blocks. */
function linkTargets(page: string): string[] {
  const text = read(page).replaceAll(/^ *(?<fence>```+)[\s\S]*?^ *\k<fence>$/gm, '')
  return [...text.matchAll(/!?\[[^\]]*\]\((?<target>[^\s)]+)\)/g)].map(({groups}) => groups?.target ?? '')
}

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
  it('links to files and headings that exist', () => {
    const broken = PAGES.flatMap((page) =>
      linkTargets(page)
        .filter((target) => isBroken(page, target))
        .map((target) => `${page}: ${target}`),
    )
    expect(broken).to.deep.equal([])
  })

  it('names files in ARCHITECTURE.md that exist, except new ones', () => {
    const paths = read('ARCHITECTURE.md').matchAll(/`([\w./-]+\/[\w./-]*)`(?! \(new\))/g)
    const missing = [...paths].filter(
      ([, path = '']) => !['', 'src', 'src/lib'].some((at) => existsSync(join(ROOT, at, path))),
    )
    expect(missing.map(([, path]) => path)).to.deep.equal([])
  })

  it('has a README of at most 200 lines', () => {
    expect(read('README.md').trimEnd().split('\n')).to.have.length.at.most(200)
  })
})
