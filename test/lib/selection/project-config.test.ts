import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {lchown, mkdir, mkdtemp, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {readProjectDeployment} from '../../../src/lib/selection/project-config.js'
import {failureOf} from '../support.js'
import {type Entry, FILE, type ProjectCase, PROJECTS, STRANGER} from './project-config-table.js'

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
  const search = {env: {}, home: '', userId: process.getuid?.(), onWarning: (text: string) => warnings.push(text)}

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
