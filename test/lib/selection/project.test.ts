import {expect} from 'chai'
import {lchown, mkdir, realpath, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {readProjectDeployment} from '../../../src/lib/selection/deployments.js'
import {newFolder} from '../../support/run-cli.js'
import {fakeReport} from '../service-options.js'
import {failureOf} from '../support.js'

/** A file of this text or, if it starts with `-> `, a link; a directory; or one of these of another user. */
type Entry = string | {readonly folder: true} | {readonly foreign: Entry}

interface ProjectCase {
  readonly title: string
  /** What there is, by path. The search starts in the directory `project`, or in `from`. */
  readonly files: Readonly<Record<string, Entry>>
  readonly from?: string
  readonly home?: string
  readonly astroHome?: string
  readonly userId?: number | undefined
  /** The path of the file that names the Deployment `clm8xq0b1`. */
  readonly finds?: string
  readonly warns?: string
  readonly fails?: string
  /** Only root can give a file to another user. */
  readonly needsRoot?: true
}

const STRANGER = 12_345
const ABOVE = '.astro/config.yaml'
const FOLDER = 'project/.astro'
const FILE = `${FOLDER}/config.yaml`
const LONG = `project/${'x'.repeat(300)}`
const SAVED = 'project: {name: etl, deployment: clm8xq0b1}\n'
const OTHER = 'project: {deployment: other}\n'
const LINK: Entry = '-> ../../saved'
const FOREIGN = {warns: `belongs to another user (ID ${STRANGER})`, needsRoot: true} as const
/** A working directory of another user, whose `.astro` is that of the project. */
const LINKED: ProjectCase['files'] = {linked: {foreign: {folder: true}}, 'linked/.astro': '-> ../project/.astro'}
const FROM_LINKED = {from: 'linked', finds: 'linked/.astro/config.yaml', needsRoot: true} as const
const NO_TEXT = 'has a value at project.deployment that is not text (line 2)'

const SEARCHES: readonly ProjectCase[] = [
  {title: 'finds the nearest file above', files: {[ABOVE]: OTHER, [FILE]: SAVED}, from: 'project/dags', finds: FILE},
  {title: 'ends the search at a file without a Deployment', files: {[ABOVE]: SAVED, [FILE]: 'project:\n'}},
  {title: 'ignores a login at home', files: {[ABOVE]: SAVED, [FILE]: OTHER}, home: 'project', finds: ABOVE},
  {title: 'ignores a login in ASTRO_HOME, a link', files: {[FILE]: OTHER, linked: '-> project'}, astroHome: 'linked'},
  {title: 'skips a folder', files: {[ABOVE]: SAVED, [FILE]: {folder: true}}, warns: 'is not a regular file'},
  {title: 'skips a dangling link', files: {[ABOVE]: SAVED, [FILE]: '-> nowhere'}, warns: 'is a broken link'},
  {title: 'skips a link to itself', files: {[FILE]: '-> config.yaml'}, warns: 'is a broken link'},
  {title: "skips another user's file", files: {[ABOVE]: SAVED, [FILE]: {foreign: SAVED}}, ...FOREIGN},
  {title: "skips another user's link", files: {saved: SAVED, [FILE]: {foreign: LINK}}, ...FOREIGN},
  {title: "skips a link to another user's file", files: {saved: {foreign: SAVED}, [FILE]: LINK}, ...FOREIGN},
  {title: "skips another user's folder", files: {[FOLDER]: {foreign: {folder: true}}, [FILE]: SAVED}, ...FOREIGN},
  {title: "accepts root's file", files: {[FILE]: SAVED, ...LINKED}, userId: STRANGER, ...FROM_LINKED},
  {title: 'accepts any on Windows', files: {[FILE]: {foreign: SAVED}}, userId: undefined, finds: FILE, needsRoot: true},
  {title: "accepts the directory owner's file", files: {[FILE]: {foreign: SAVED}, ...LINKED}, ...FROM_LINKED},
  {title: 'rejects a Deployment that is a number', files: {[FILE]: 'project:\n  deployment: 12\n'}, fails: NO_TEXT},
  {title: 'rejects a path that is too long', files: {}, from: LONG, fails: 'cannot be read (ENAMETOOLONG)'},
]

async function make(path: string, entry: Entry): Promise<void> {
  await mkdir(dirname(path), {recursive: true})
  if (typeof entry === 'string') {
    await (entry.startsWith('-> ') ? symlink(entry.slice(3), path) : writeFile(path, entry))
  } else if ('foreign' in entry) {
    await make(path, entry.foreign)
    await lchown(path, STRANGER, STRANGER)
  } else await mkdir(path)
}

describe('readProjectDeployment', () => {
  const isRoot = process.getuid?.() === 0

  for (const row of SEARCHES.filter(({needsRoot}) => isRoot || needsRoot === undefined)) {
    const {astroHome, fails, files, finds, from = 'project', home = 'home', title, warns} = row
    it(title, async () => {
      const root = await realpath(newFolder('project'))
      await mkdir(join(root, 'project'), {recursive: true})
      for (const [path, entry] of Object.entries(files)) await make(join(root, path), entry)
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
