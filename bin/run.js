#!/usr/bin/env node
// CommonJS, as bin/package.json declares, because Node.js starts it faster than an ES module. Old versions of Node.js
// must be able to parse this file, to print which version is needed.
if (/^(?:20\.(?:19|[2-9]\d)|22\.(?:1[2-9]|[2-9]\d)|(?:2[3-9]|[3-9]\d)\.\d+)\./.test(process.versions.node)) {
  require('../dist/main.cjs').main()
} else {
  console.error(
    'astro-plugin-organization-token requires Node.js 22.12 or later, or 20.x from 20.19; this is ' +
      process.version +
      '.',
  )
  process.exitCode = 2
}
