/**
 * Makes the links in README.md absolute while npm packs the package, if package.json names a GitHub repository. npm
 * shows README.md without the files that it links to. `prepack` runs this script, and `postpack` runs it with
 * `--restore`.
 */
import {existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'

import {withAbsoluteLinks} from './links.js'

interface Package {
  readonly repository?: string | {readonly url?: string}
  readonly version: string
}

const README = 'README.md'
const ORIGINAL = 'tmp/README.original.md'

// An interrupted run leaves the original behind.
if (existsSync(ORIGINAL)) renameSync(ORIGINAL, README)
if (!process.argv.includes('--restore')) {
  const {repository, version} = JSON.parse(readFileSync('package.json', 'utf8')) as Package
  const text = readFileSync(README, 'utf8')
  const absolute = withAbsoluteLinks(text, typeof repository === 'string' ? repository : repository?.url, `v${version}`)
  if (absolute !== text) {
    mkdirSync('tmp', {recursive: true})
    writeFileSync(ORIGINAL, text)
    writeFileSync(README, absolute)
  }
}
