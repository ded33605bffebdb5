import {expect} from 'chai'
import {lchown, mkdir, realpath, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {readProjectDeployment} from '../../../src/lib/selection/deployments.js'
import {newFolder} from '../../support/run-cli.js'
import {fakeReport} from '../service-options.js'
import {failureOf} from '../support.js'

const STRANGER = 12_345
const ABOVE = '.astro/config.yaml'
const FILE = 'project/.astro/config.yaml'
const SAVED = 'project: {name: etl, deployment: clm8xq0b1}\n'
const OTHER = 'project: {deployment: other}\n'
const NO_TEXT = 'has a value at project.deployment that is not text (line 2)'
const LINK = '-> ../../saved'
const FOREIGN = {warns: `belongs to another user (ID ${STRANGER})`} as const
const BROKEN = {warns: 'is a broken link'} as const

const SEARCHES: ReadonlyArray<{
  readonly title: string
  /** Texts of files by path, or targets of links. The search starts in the directory `project`, or in `from`. */
  readonly files: Readonly<Record<string, string>>
  readonly from?: string
  readonly home?: string
  readonly astroHome?: string
  readonly userId?: number | undefined
  /** What belongs to another user, which only root can prepare. */
  readonly foreign?: readonly string[]
  /** The path of the file that names the Deployment `clm8xq0b1`. */
  readonly finds?: string
  readonly warns?: string
  readonly fails?: string
}> = [
  {title: 'finds the nearest file above', files: {[ABOVE]: OTHER, [FILE]: SAVED}, from: 'project/dags', finds: FILE},
  {title: 'ends the search at a file without a Deployment', files: {[ABOVE]: SAVED, [FILE]: 'project:\n'}},
  {title: 'ignores a login at home', files: {[ABOVE]: SAVED, [FILE]: OTHER}, home: 'project', finds: ABOVE},
  {title: 'ignores a login in ASTRO_HOME, a link', files: {[FILE]: OTHER, linked: '-> project'}, astroHome: 'linked'},
  {title: 'skips a dangling link', files: {[ABOVE]: SAVED, [FILE]: '-> nowhere'}, ...BROKEN},
  {title: 'skips a link to itself', files: {[FILE]: '-> config.yaml'}, ...BROKEN},
  {title: "skips another user's link", files: {saved: SAVED, [FILE]: LINK}, foreign: [FILE], ...FOREIGN},
  {title: "skips a link to another user's file", files: {saved: SAVED, [FILE]: LINK}, foreign: ['saved'], ...FOREIGN},
  {title: "skips another user's folder", files: {[FILE]: SAVED}, foreign: ['project/.astro'], ...FOREIGN},
  {title: "accepts root's file", files: {[FILE]: SAVED}, foreign: ['project'], userId: STRANGER, finds: FILE},
  {title: "accepts the directory owner's file", files: {[FILE]: SAVED}, foreign: ['project', FILE], finds: FILE},
  {title: 'accepts any on Windows', files: {[FILE]: SAVED}, foreign: [FILE], userId: undefined, finds: FILE},
  {title: 'rejects a Deployment that is a number', files: {[FILE]: 'project:\n  deployment: 12\n'}, fails: NO_TEXT},
  {title: 'rejects a path that is too long', files: {}, from: 'x'.repeat(300), fails: 'cannot be read (ENAMETOOLONG)'},
]

describe('readProjectDeployment', () => {
  const isRoot = process.getuid?.() === 0

  for (const row of SEARCHES.filter(({foreign}) => isRoot || foreign === undefined)) {
    const {astroHome, fails, files, finds, foreign = [], from = 'project', home = 'home', title, warns} = row
    it(title, async () => {
      const root = await realpath(newFolder('project'))
      for (const [name, content] of Object.entries(files)) {
        const path = join(root, name)
        await mkdir(dirname(path), {recursive: true})
        await (content.startsWith('-> ') ? symlink(content.slice(3), path) : writeFile(path, content))
      }

      for (const name of foreign) await lchown(join(root, name), STRANGER, STRANGER)
      const report = fakeReport()
      const read = async () =>
        readProjectDeployment({
          directory: join(root, from),
          env: {ASTRO_HOME: astroHome && join(root, astroHome)},
          home: join(root, home),
          report,
          userId: 'userId' in row ? row.userId : process.getuid?.(),
        })
      const file = `The project's config file ${join(root, from, ABOVE)}`

      if (fails === undefined) {
        const found = finds === undefined ? undefined : {deploymentId: 'clm8xq0b1', path: join(root, finds)}
        expect(await read()).to.deep.equal(found)
      } else {
        const details = {hint: 'Fix the file, or name the Deployment with --deployment-id'}
        const message = `${file} ${fails}.`
        expect(await failureOf(read)).to.deep.include({kind: 'config', message, details})
      }

      expect(report.told.warn).to.deep.equal(warns === undefined ? [] : [`${file} ${warns} and is skipped.`])
    })
  }
})
