#!/usr/bin/env node
// The standalone program from the sources, with the libraries as they are installed: nothing is built.
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {register} from 'tsx/esm/api'

register()
const {runProgram} = await import('../src/cli/standalone/program.ts')
const {standalonePackage} = await import('../src/cli/standalone/standalone-package.ts')
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
await runProgram({
  devPlugins: false,
  pjson: standalonePackage(pjson),
  root: fileURLToPath(new URL('../src', import.meta.url)),
  userPlugins: false,
})
