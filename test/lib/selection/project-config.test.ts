import {expect} from 'chai'
import {mkdir, mkdtemp, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {readProjectDeployment} from '../../../src/lib/selection/project-config.js'
import {failureOf} from '../support.js'

describe('readProjectDeployment', () => {
  let root: string

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'astro-project-')))
    await mkdir(join(root, 'project', 'dags', 'daily'), {recursive: true})
  })

  afterEach(async () => {
    await rm(root, {recursive: true})
  })

  /** Writes the config file of a folder below the root, and gives its path. */
  const save = async (folder: string, content: string) => {
    const path = join(root, folder, '.astro', 'config.yaml')
    await mkdir(join(root, folder, '.astro'), {recursive: true})
    await writeFile(path, content)
    return path
  }

  const read = async (folder: string, env: NodeJS.ProcessEnv = {}, home = join(root, 'home')) =>
    readProjectDeployment({env, home, directory: join(root, folder)})
  const failure = async () => failureOf(async () => read('project'))

  it('finds what astro deploy --save wrote, in the folder itself', async () => {
    const path = await save('project', 'project:\n  name: etl\n  deployment: clm8xq0b1\n')

    expect(await read('project')).to.deep.equal({deploymentId: 'clm8xq0b1', path})
  })

  it('finds it in the nearest folder above', async () => {
    await save('.', 'project: {deployment: other}\n')
    const path = await save('project', 'project: {deployment: clm8xq0b1}\n')

    expect(await read('project/dags/daily')).to.deep.equal({deploymentId: 'clm8xq0b1', path})
  })

  for (const content of ['', '# nothing yet\n', 'project:\n  name: etl\n', 'project:\n', 'webserver: {port: 8080}\n']) {
    it(`ends at the first file, whatever is in it: ${JSON.stringify(content)}`, async () => {
      await save('.', 'project: {deployment: other}\n')
      await save('project', content)

      expect(await read('project/dags')).to.equal(undefined)
    })
  }

  it('does not take the files that hold logins for a project’s', async () => {
    await save('project', 'project: {deployment: other}\n')

    expect(await read('project/dags', {ASTRO_HOME: join(root, 'project')})).to.equal(undefined)
    expect(await read('project/dags', {}, join(root, 'project'))).to.equal(undefined)
  })

  it('knows the home directory by whichever path it is reached', async () => {
    await save('project', 'project: {deployment: other}\n')
    await symlink(join(root, 'project'), join(root, 'home'))

    expect(await read('project/dags', {ASTRO_HOME: join(root, 'home')})).to.equal(undefined)
  })

  it('goes on above the home directory', async () => {
    const path = await save('.', 'project: {deployment: clm8xq0b1}\n')
    await save('project', 'context: astronomer.io\n')

    const found = await read('project/dags', {ASTRO_HOME: join(root, 'project')})

    expect(found).to.deep.equal({deploymentId: 'clm8xq0b1', path})
  })

  it('finds none where no folder has the file', async () => {
    expect(await read('project')).to.equal(undefined)
    expect(await read('project/nowhere')).to.equal(undefined)
  })

  const broken: readonly [string, string, string][] = [
    ['no YAML', 'project:\n  deployment: [\n', 'is not valid YAML (line 3)'],
    ['a list', '- a\n- b\n', 'has no mapping at the file (line 1)'],
    ['a project that is a text', 'a: 1\nproject: etl\n', 'has no mapping at project (line 2)'],
    ['a Deployment that is a list', 'project:\n  deployment: [a]\n', 'has no text at project.deployment (line 2)'],
    ['a Deployment that is a number', 'project:\n  deployment: 12\n', 'has no text at project.deployment (line 2)'],
  ]
  for (const [what, content, problem] of broken) {
    it(`names the file and the line of ${what}`, async () => {
      const path = await save('project', content)

      const {details, kind, message} = await failure()

      expect({kind, message}).to.deep.equal({
        kind: 'config',
        message: `The project's config file ${path} ${problem}.`,
      })
      expect(details.hint).to.contain('--deployment-id')
    })
  }

  it('names a file that cannot be read', async () => {
    await mkdir(join(root, 'project', '.astro', 'config.yaml'), {recursive: true})

    const {kind, message} = await failure()

    expect(kind).to.equal('config')
    expect(message).to.match(/config\.yaml cannot be read \(EISDIR\)\.$/)
  })

  it('names a file that is binary', async () => {
    const path = await save('project', '')
    await writeFile(path, Buffer.from([0xff, 0xfe, 0x00]))

    expect(await failure()).to.include({
      kind: 'config',
      message: `The project's config file ${path} is not UTF-8 text.`,
    })
  })
})
