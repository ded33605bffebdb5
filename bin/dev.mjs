#!/usr/bin/env node
// Runs the standalone program from the sources and the installed libraries, without a build.
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {register} from 'tsx/esm/api'

register()
const {isOurs} = await import('../src/standalone/command-line.ts')
const {handOver} = await import('../src/standalone/hand-over.ts')
const {runProgram, withHostParts} = await import('../src/standalone/program.ts')
const argv = process.argv.slice(2)
const handedOver = !isOurs(argv) && (await handOver(argv))
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const options = {
  devPlugins: false,
  pjson: withHostParts(pjson),
  root: fileURLToPath(new URL('../src', import.meta.url)),
  userPlugins: false,
}
if (handedOver !== true) await runProgram(options, handedOver || undefined)
