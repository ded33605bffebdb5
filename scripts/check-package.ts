/**
 * `npm run check:package` packs the package into tmp/release, as npm will publish it, and runs publint on the tarball.
 * It fails if a second build packs to other bytes. test/bundle/package.test.ts checks the contents.
 */
import {execSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs'

/** Packs the package, which also builds it; returns the path of the tarball. */
function pack(folder: string): string {
  rmSync(folder, {force: true, recursive: true})
  mkdirSync(folder, {recursive: true})
  execSync(`npm pack --silent --pack-destination ${folder}`, {stdio: ['ignore', 'ignore', 'inherit']})
  return `${folder}/${readdirSync(folder).join('')}`
}

const [again, tarball] = [pack('tmp/release-again'), pack('tmp/release')]
if (!readFileSync(tarball).equals(readFileSync(again))) {
  throw new Error('Two builds of the same sources pack to different bytes')
}

execSync(`publint run ${tarball} --strict`, {stdio: 'inherit'})
