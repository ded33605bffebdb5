import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {lchown, mkdir, mkdtemp, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {readProjectDeployment} from '../../../src/lib/selection/deployments.js'
import {failureOf} from '../support.js'

/** A file of this text or, if it starts with `-> `, a link; a directory, a FIFO, or a file of another user. */
type Entry = string | {readonly fifo: true} | {readonly folder: true} | {readonly foreign: Entry}

interface ProjectCase {
  readonly title: string
  /** What there is, by path. The search starts in the directory `project/dags`, which always exists, or in `from`. */
  readonly files: Readonly<Record<string, Entry>>
  readonly from?: string
  readonly home?: string
  readonly astroHome?: string
  readonly userId?: number | undefined
  /** The path of the file that names the Deployment `clm8xq0b1`. */
  readonly finds?: string
  /** The path of the file that a warning or an error names. Default: that of `project`. */
  readonly path?: string
  readonly warns?: string
  readonly fails?: string
  /** On which systems, or as which user, it can be tested. */
  readonly needs?: 'posix' | 'root'
}

const STRANGER = 12_345
const ABOVE = '.astro/config.yaml'
const FOLDER = 'project/.astro'
const FILE = `${FOLDER}/config.yaml`
const SAVED = 'project: {name: etl, deployment: clm8xq0b1}\n'
const OTHER = 'project: {deployment: other}\n'
const FOREIGN = `belongs to another user (ID ${STRANGER})`

const SEARCHES: readonly ProjectCase[] = [
  {title: 'finds the file in the working directory', files: {[FILE]: SAVED}, from: 'project', finds: FILE},
  {title: 'finds the nearest file above', files: {[ABOVE]: OTHER, [FILE]: SAVED}, finds: FILE},
  {title: 'finds no file', files: {}},
  {title: 'finds a file above a folder that does not exist', files: {[FILE]: SAVED}, from: 'project/no', finds: FILE},
  {title: 'ends the search at an empty file', files: {[ABOVE]: OTHER, [FILE]: ''}},
  {title: 'ends the search at a file without a Deployment', files: {[ABOVE]: OTHER, [FILE]: 'project:\n'}},
  {title: 'ignores the file in the home directory', files: {[FILE]: OTHER}, home: 'project'},
  {title: 'ignores the file in ASTRO_HOME', files: {[FILE]: OTHER}, astroHome: 'project'},
  {title: 'ignores the file at home despite ASTRO_HOME', files: {[FILE]: OTHER}, home: 'project', astroHome: 'other'},
  {title: 'ignores the file at home through a link', files: {[FILE]: OTHER, home: '-> project'}, astroHome: 'home'},
  {title: 'continues above the home directory', files: {[ABOVE]: SAVED, [FILE]: OTHER}, home: 'project', finds: ABOVE},
  {title: 'continues above a file named .astro', files: {[ABOVE]: SAVED, [FOLDER]: ''}, finds: ABOVE},
  {title: 'follows a link to the file', files: {saved: SAVED, [FILE]: '-> ../../saved'}, finds: FILE},
  {title: 'follows a link to the folder', files: {'a/config.yaml': SAVED, [FOLDER]: '-> ../a'}, finds: FILE},
]

const UNSUITABLE: readonly ProjectCase[] = [
  {title: 'skips a folder', files: {[FILE]: {folder: true}}, warns: 'is not a regular file'},
  {title: 'skips a dangling link', files: {[FILE]: '-> nowhere'}, warns: 'is a broken link'},
  {title: 'skips a link to itself', files: {[FILE]: '-> config.yaml'}, warns: 'is a broken link'},
  {title: 'skips a FIFO', files: {[FILE]: {fifo: true}}, warns: 'is not a regular file', needs: 'posix'},
  {title: 'skips a device', files: {[FILE]: '-> /dev/zero'}, warns: 'is not a regular file', needs: 'posix'},
  {title: 'skips a file of another user', files: {[FILE]: {foreign: SAVED}}, warns: FOREIGN, needs: 'root'},
  {
    title: 'skips a link of another user to a file of this user',
    files: {saved: SAVED, [FILE]: {foreign: '-> ../../saved'}},
    warns: FOREIGN,
    needs: 'root',
  },
  {
    title: 'skips a link to a file of another user',
    files: {saved: {foreign: SAVED}, [FILE]: '-> ../../saved'},
    warns: FOREIGN,
    needs: 'root',
  },
  {
    title: 'skips a file in a folder of another user',
    files: {[FOLDER]: {foreign: {folder: true}}, [FILE]: SAVED},
    warns: FOREIGN,
    needs: 'root',
  },
]

const OWNERS: readonly ProjectCase[] = [
  {
    title: 'continues above an empty folder of another user',
    files: {[ABOVE]: SAVED, [FOLDER]: {foreign: {folder: true}}},
    finds: ABOVE,
    needs: 'root',
  },
  {title: 'accepts a file of root', files: {[FILE]: SAVED}, userId: STRANGER, finds: FILE, needs: 'root'},
  {
    title: 'accepts any file on Windows',
    files: {[FILE]: {foreign: SAVED}},
    userId: undefined,
    finds: FILE,
    needs: 'root',
  },
  {
    title: 'accepts a file of the owner of the working directory',
    files: {[FILE]: {foreign: SAVED}, theirs: {foreign: {folder: true}}, 'theirs/.astro': '-> ../project/.astro'},
    from: 'theirs',
    finds: 'theirs/.astro/config.yaml',
    needs: 'root',
  },
]

const BROKEN: readonly ProjectCase[] = [
  {title: 'rejects invalid YAML', files: {[FILE]: 'project:\n  deployment: [\n'}, fails: 'is not valid YAML (line 3)'},
  {
    title: 'rejects a file whose path is too long',
    files: {},
    from: `project/${'x'.repeat(300)}`,
    path: `project/${'x'.repeat(300)}/.astro/config.yaml`,
    fails: 'cannot be read (ENAMETOOLONG)',
  },
  {
    title: 'rejects a Deployment that is a number',
    files: {[FILE]: 'project:\n  deployment: 12\n'},
    fails: 'has a value at project.deployment that is not text (line 2)',
  },
]

const PROJECTS: readonly ProjectCase[] = [
  ...SEARCHES,
  // An unsuitable file ends the search.
  ...UNSUITABLE.map((row) => ({...row, files: {[ABOVE]: OTHER, ...row.files}})),
  ...OWNERS,
  ...BROKEN,
]

async function make(path: string, entry: Entry): Promise<void> {
  await mkdir(dirname(path), {recursive: true})
  if (typeof entry === 'string') {
    await (entry.startsWith('-> ') ? symlink(entry.slice(3), path) : writeFile(path, entry))
  } else if ('foreign' in entry) {
    await make(path, entry.foreign)
    await lchown(path, STRANGER, STRANGER)
  } else if ('fifo' in entry) execFileSync('mkfifo', [path])
  else await mkdir(path)
}

function canTest({needs}: ProjectCase): boolean {
  return needs === 'root' ? process.getuid?.() === 0 : needs === undefined || process.platform !== 'win32'
}

describe('readProjectDeployment', () => {
  let root: string
  let warnings: string[]
  const report = {warn: (text: string) => warnings.push(text), debug() {}, status() {}}
  const search = {env: {}, home: '', userId: process.getuid?.(), report}

  beforeEach(async () => {
    warnings = []
    root = await realpath(await mkdtemp(join(tmpdir(), 'astro-project-')))
    await mkdir(join(root, 'project/dags'), {recursive: true})
  })

  afterEach(async () => {
    await rm(root, {recursive: true})
  })

  for (const row of PROJECTS.filter((each) => canTest(each))) {
    const {astroHome, fails, files, finds, from = 'project/dags', home = 'home', path = FILE, title, warns} = row
    it(title, async () => {
      for (const [path, entry] of Object.entries(files)) await make(join(root, path), entry)
      const read = async () =>
        readProjectDeployment({
          ...search,
          ...('userId' in row && {userId: row.userId}),
          directory: join(root, from),
          env: astroHome === undefined ? {} : {ASTRO_HOME: join(root, astroHome)},
          home: join(root, home),
        })
      const file = `The project's config file ${join(root, path)}`

      if (fails === undefined) {
        const found = finds === undefined ? undefined : {deploymentId: 'clm8xq0b1', path: join(root, finds)}
        expect(await read()).to.deep.equal(found)
      } else {
        expect(await failureOf(read)).to.deep.include({
          kind: 'config',
          message: `${file} ${fails}.`,
          details: {hint: 'Fix the file, or name the Deployment with --deployment-id'},
        })
      }

      expect(warnings).to.deep.equal(warns === undefined ? [] : [`${file} ${warns} and is skipped.`])
    })
  }

  it('finds nothing if the working directory has been removed', async () => {
    expect(await readProjectDeployment({...search, directory: undefined})).to.equal(undefined)
  })
})
