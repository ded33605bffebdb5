/**
 * `npm run check:package` checks that two builds pack to the same bytes, and that publint and arethetypeswrong find no
 * problem. With `-- --release`, it also checks that package.json has the addresses that npm shows, and keeps the
 * tarball in tmp/release for publishing. test/bundle/package.test.ts checks the contents of the package.
 */
import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core'
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {publint} from 'publint'
import {formatMessage} from 'publint/utils'

const RELEASE_FOLDER = 'tmp/release'
const SET_ADDRESSES =
  'npm pkg set repository.type=git repository.url=git+https://github.com/OWNER/NAME.git' +
  ' bugs.url=https://github.com/OWNER/NAME/issues homepage=https://github.com/OWNER/NAME#readme'

interface Tarball {
  readonly name: string
  readonly bytes: Buffer
}

/** Packs the package, which also builds it. */
function pack(): Tarball {
  const folder = mkdtempSync(join(tmpdir(), 'astro-pack-'))
  try {
    npm('pack', '--pack-destination', folder)
    const [name = ''] = readdirSync(folder)
    return {name, bytes: readFileSync(join(folder, name))}
  } finally {
    rmSync(folder, {recursive: true})
  }
}

function npm(...args: readonly string[]): void {
  const {npm_execpath: cli} = process.env
  if (!cli) throw new Error('Run this with npm: npm run check:package')
  execFileSync(process.execPath, [cli, ...args, '--silent'], {stdio: ['ignore', 'ignore', 'inherit']})
}

/** The problems that package linters find. */
async function lint(tarball: Buffer): Promise<string[]> {
  const [linted, types] = await Promise.all([
    publint({pack: {tarball: new Uint8Array(tarball).buffer}, strict: true}),
    checkPackage(createPackageFromTarballData(tarball)),
  ])
  return [
    ...linted.messages.map(
      (message) => `publint: ${formatMessage(message, linted.pkg, {color: false}) ?? message.code}`,
    ),
    ...('problems' in types ? types.problems.map((problem) => `arethetypeswrong: ${JSON.stringify(problem)}`) : []),
  ]
}

/** The problems that only prevent a release. */
function releaseProblems(): string[] {
  const pjson = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<Record<string, unknown>>
  const missing = ['repository', 'bugs', 'homepage'].filter((key) => !(key in pjson))
  return missing.length === 0 ? [] : [`package.json has no ${missing.join(', ')}. Set them: ${SET_ADDRESSES}`]
}

const isRelease = process.argv.includes('--release')
const [first, second] = [pack(), pack()]
const problems = [...(isRelease ? releaseProblems() : []), ...(await lint(first.bytes))]
if (!first.bytes.equals(second.bytes)) problems.push('Two builds of the same sources pack to different bytes.')
const hash = createHash('sha512').update(first.bytes).digest('base64')
process.stdout.write([...problems, `${first.bytes.length} bytes, sha512-${hash}`, ''].join('\n'))
process.exitCode = problems.length > 0 ? 1 : 0
if (isRelease && problems.length === 0) {
  rmSync(RELEASE_FOLDER, {force: true, recursive: true})
  mkdirSync(RELEASE_FOLDER, {recursive: true})
  writeFileSync(join(RELEASE_FOLDER, first.name), first.bytes)
}
