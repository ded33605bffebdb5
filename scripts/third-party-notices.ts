import {type Metafile} from 'esbuild'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

interface Package {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | {readonly name: string}
}

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)/i

/**
 * The license notices of every library of which the bundle contains a part, sorted by name. Throws if a library does
 * not declare its license.
 */
export async function thirdPartyNotices({outputs}: Metafile): Promise<string> {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs))
  const folders = new Set(
    inputs.flatMap((input) => /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  )
  const notices = await Promise.all([...folders].map(async (folder) => noticeOf(folder)))
  const sorted = [...new Set(notices)].toSorted((a, b) => a.localeCompare(b))
  return `This package contains parts of the following libraries.\n\n${sorted.join('\n')}`
}

async function noticeOf(folder: string): Promise<string> {
  const {author, license, name, version} = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Package
  if (!license) throw new Error(`${name} does not declare its license`)
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file) && !/\.[cm]?[jt]s$/.test(file))
  const texts = await Promise.all(files.toSorted().map(async (file) => readFile(join(folder, file), 'utf8')))
  const by = typeof author === 'string' ? author : author?.name
  const heading = `${name} ${version} (${license})${texts.length === 0 && by ? `, by ${by}` : ''}`
  return `${'-'.repeat(80)}\n${heading}\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`
}
