#!/usr/bin/env node
// jq for the recipes under test, on machines that have none: jq itself, as WebAssembly. Takes flags, then the filter;
// reads stdin. jq-web leaves out the last line break, and, where the exit is not 0, all that was printed.
import jq from 'jq-web'
import {readFileSync} from 'node:fs'

const {raw} = await jq
const flags = process.argv.slice(2)
const filter = flags.pop()
const input = readFileSync(0, 'utf8')
try {
  const output = raw(input, filter, flags)
  if (output) process.stdout.write(`${output}\n`)
} catch (error) {
  process.stderr.write(`${error.stderr ?? error.message}\n`)
  process.exitCode = error.exitCode ?? 5
}
