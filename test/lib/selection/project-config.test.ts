import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {chown, lchown, mkdir, mkdtemp, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {readProjectDeployment} from '../../../src/lib/selection/project-config.js'
import {failureOf} from '../support.js'

describe('readProjectDeployment', () => {
  let root: string
  let warnings: string[]

  beforeEach(async () => {
    warnings = []
    root = await realpath(await mkdtemp(join(tmpdir(), 'astro-project-')))
    await mkdir(join(root, 'project', 'dags', 'daily'), {recursive: true})
  })

  afterEach(async () => {
    expect(warnings).to.deep.equal([])
    await rm(root, {recursive: true})
  })

  /** Writes the config file of a folder below the root, and gives its path. */
  const save = async (folder: string, content: string) => {
    const path = join(root, folder, '.astro', 'config.yaml')
    await mkdir(join(root, folder, '.astro'), {recursive: true})
    await writeFile(path, content)
    return path
  }

  const read = async (
    folder: string,
    env: NodeJS.ProcessEnv = {},
    more: Partial<Parameters<typeof readProjectDeployment>[0]> = {},
  ) =>
    readProjectDeployment({
      env,
      home: join(root, 'home'),
      directory: join(root, folder),
      userId: process.getuid?.(),
      onWarning(warning) {
        warnings.push(warning)
      },
      ...more,
    })
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
    expect(await read('project/dags', {}, {home: join(root, 'project')})).to.equal(undefined)
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
    ['a list', '- a\n- b\n', 'is not a mapping (line 1)'],
    ['a project that is a text', 'a: 1\nproject: etl\n', 'has a value at project that is not a mapping (line 2)'],
    [
      'a Deployment that is a list',
      'project:\n  deployment: [a]\n',
      'has a value at project.deployment that is not text (line 2)',
    ],
    [
      'a Deployment that is a number',
      'project:\n  deployment: 12\n',
      'has a value at project.deployment that is not text (line 2)',
    ],
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

  it('follows links, to the file and to its folder', async () => {
    await save('elsewhere', 'project: {deployment: clm8xq0b1}\n')
    await mkdir(join(root, 'project', '.astro'))
    await symlink('../../elsewhere/.astro/config.yaml', join(root, 'project', '.astro', 'config.yaml'))
    await mkdir(join(root, 'other'))
    await symlink('../elsewhere/.astro', join(root, 'other', '.astro'))

    expect(await read('project')).to.have.property('deploymentId', 'clm8xq0b1')
    expect(await read('other')).to.have.property('deploymentId', 'clm8xq0b1')
  })

  describe('skips with a warning, and ends the search at', () => {
    let path: string

    beforeEach(async () => {
      path = join(root, 'project', '.astro', 'config.yaml')
      await save('.', 'project: {deployment: other}\n')
      await mkdir(join(root, 'project', '.astro'))
    })

    const unsuitable: readonly (readonly [what: string, problem: string, make: () => unknown])[] = [
      ['a folder', 'is not a regular file', async () => mkdir(path)],
      [
        'a file of more than 1 MiB',
        'is larger than 1 MiB',
        async () => writeFile(path, Buffer.alloc(1024 * 1024 + 1, '#')),
      ],
      ['a link that leads nowhere', 'is a broken link', async () => symlink('nowhere', path)],
      ['a link to itself', 'is a broken link', async () => symlink('config.yaml', path)],
    ]
    const onPosix: typeof unsuitable = [
      ['a FIFO', 'is not a regular file', () => execFileSync('mkfifo', [path])],
      ['a link to an endless file', 'is not a regular file', async () => symlink('/dev/zero', path)],
      [
        'a link to a FIFO',
        'is not a regular file',
        async () => {
          execFileSync('mkfifo', [join(root, 'fifo')])
          await symlink(join(root, 'fifo'), path)
        },
      ],
    ]
    for (const [what, problem, make] of process.platform === 'win32' ? unsuitable : [...unsuitable, ...onPosix]) {
      it(what, async () => {
        await make()

        expect(await read('project/dags')).to.equal(undefined)
        expect(warnings.splice(0)).to.deep.equal([`The project's config file ${path} ${problem} and is skipped.`])
      })
    }

    if (process.getuid?.() === 0) {
      const STRANGER = 12_345
      const problem = `belongs to another user (ID ${STRANGER})`

      it('a file of another user', async () => {
        await writeFile(path, 'project: {deployment: theirs}\n')
        await chown(path, STRANGER, STRANGER)

        expect(await read('project/dags')).to.equal(undefined)
        expect(warnings.splice(0)).to.deep.equal([`The project's config file ${path} ${problem} and is skipped.`])
      })

      it('a link of another user to a file of this one', async () => {
        await symlink('../../.astro/config.yaml', path)
        await lchown(path, STRANGER, STRANGER)

        expect(await read('project/dags')).to.equal(undefined)
        expect(warnings.splice(0)).to.deep.equal([`The project's config file ${path} ${problem} and is skipped.`])
      })

      it('a folder of another user', async () => {
        await writeFile(path, 'project: {deployment: mine}\n')
        await chown(join(root, 'project', '.astro'), STRANGER, STRANGER)

        expect(await read('project/dags')).to.equal(undefined)
        expect(warnings.splice(0)).to.deep.equal([`The project's config file ${path} ${problem} and is skipped.`])
      })

      it('no folder of another user that has no such file', async () => {
        await chown(join(root, 'project', '.astro'), STRANGER, STRANGER)

        expect(await read('project/dags')).to.have.property('deploymentId', 'other')
      })

      it('no file of the owner of the working directory, of root, or where there are no owners', async () => {
        await writeFile(path, 'project: {deployment: mine}\n')
        expect(await read('project/dags', {}, {userId: STRANGER})).to.have.property('deploymentId', 'mine')

        for (const each of [path, join(root, 'project', '.astro')]) await chown(each, STRANGER, STRANGER)
        expect(await read('project/dags', {}, {userId: undefined})).to.have.property('deploymentId', 'mine')

        await chown(join(root, 'project', 'dags'), STRANGER, STRANGER)
        expect(await read('project/dags')).to.have.property('deploymentId', 'mine')
      })
    }
  })

  it('takes a file of 1 MiB', async () => {
    const path = await save('project', 'project: {deployment: clm8xq0b1}\n#'.padEnd(1024 * 1024, '-'))

    expect(await read('project')).to.deep.equal({deploymentId: 'clm8xq0b1', path})
  })

  it('refuses at once a file that would take long to parse', async () => {
    for (const content of [
      '{'.repeat(1000),
      '? '.repeat(1000),
      '[\n'.repeat(1000),
      'a: b\n'.repeat(100_000),
      '- '.repeat(500_000),
    ]) {
      const path = await save('project', content)
      const start = performance.now()

      expect(await failure()).to.include({
        kind: 'config',
        message: `The project's config file ${path} has too many entries or levels.`,
      })
      expect(performance.now() - start).to.be.below(1000)
    }
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
