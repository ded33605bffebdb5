import {type Metafile} from 'esbuild'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'

interface Package {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly author?: string | {readonly name: string}
}

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)/i
/** A module that a plugin of the build makes up: `namespace:path`. */
const VIRTUAL = /^\w{2,}:/

/**
 * The license notices of every library of which the bundle contains a part, sorted by name. Throws if there is none, or
 * if one does not declare its license.
 */
export function thirdPartyNotices({outputs}: Metafile): string {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs))
  const files = inputs.filter((input) => !VIRTUAL.test(input))
  const folders = new Set(files.map((file) => packageFolder(dirname(resolve(file)))))
  folders.delete(resolve('.'))
  const notices = new Set([...folders].map((folder) => noticeOf(folder)))
  if (notices.size === 0) throw new Error('The bundle contains no library')
  const sorted = [...notices].toSorted((a, b) => a.localeCompare(b))
  return `This package contains parts of the following libraries.\n\n${sorted.join('\n')}`
}

/** The nearest directory whose package.json has a name and a version; others only set the type of modules. */
function packageFolder(folder: string): string {
  const {name, version} = existsSync(join(folder, 'package.json')) ? readPackage(folder) : {}
  if (name && version) return folder
  if (dirname(folder) === folder) throw new Error('A bundled file belongs to no package')
  return packageFolder(dirname(folder))
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package
}

function noticeOf(folder: string): string {
  const {author, license, name, version} = readPackage(folder)
  if (!license) throw new Error(`${name} does not declare its license`)
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file) && !/\.[cm]?[jt]s$/.test(file))
  const texts = files.toSorted().map((file) => `${readFileSync(join(folder, file), 'utf8').trim()}\n`)
  const by = typeof author === 'string' ? author : author?.name
  const heading = `${name} ${version} (${license})${texts.length === 0 && by ? `, by ${by}` : ''}`
  return `${'-'.repeat(80)}\n${heading}\n\n${texts.join('\n')}`
}
