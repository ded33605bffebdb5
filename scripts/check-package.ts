/**
 * Checks what would be published: two builds pack to the same bytes, and publint and arethetypeswrong have nothing to
 * say. Nothing is asked of the network. Run by npm. What the package holds is checked in test/bundle/package.test.ts.
 */
import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core'
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {publint} from 'publint'
import {formatMessage} from 'publint/utils'

/** The bytes of a package that is built anew and packed. */
function buildAndPack(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'astro-pack-'))
  try {
    npm('run', 'build')
    npm('pack', '--ignore-scripts', '--pack-destination', folder)
    const [file = ''] = readdirSync(folder)
    return readFileSync(join(folder, file))
  } finally {
    rmSync(folder, {recursive: true})
  }
}

function npm(...args: readonly string[]): void {
  const {npm_execpath: cli} = process.env
  if (!cli) throw new Error('Run it by npm: npm run check:package')
  execFileSync(process.execPath, [cli, ...args, '--silent'], {stdio: ['ignore', 'ignore', 'inherit']})
}

/** What linters of packages say. */
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

const [first, second] = [buildAndPack(), buildAndPack()]
const problems = await lint(first)
if (!first.equals(second)) problems.push('Two builds of the same sources pack to different bytes.')
const hash = createHash('sha512').update(first).digest('base64')
process.stdout.write([...problems, `${first.length} bytes, sha512-${hash}`, ''].join('\n'))
process.exitCode = problems.length > 0 ? 1 : 0
