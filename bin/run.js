#!/usr/bin/env node
import module from 'node:module'
import {homedir, userInfo} from 'node:os'
import {isAbsolute, join} from 'node:path'

let caches = process.env.XDG_CACHE_HOME
try {
  caches ||= join(homedir(), '.cache')
  userInfo()
} catch {
  // A user that the system does not know, as in a container, may have no home and no shell. oclif asks for both.
  process.env.HOME ||= '/'
  process.env.SHELL ??= 'sh'
}

// What Node has compiled is kept in a folder of the user's own: under the system's temporary directory, which is Node's
// choice, or in the working directory, others could put code into it.
if (caches && isAbsolute(caches)) module.enableCompileCache?.(join(caches, 'astro-plugin-organization-token'))
// A stack trace then names the sources.
if (process.env.DEBUG) process.setSourceMapsEnabled(true)

const {main} = await import('../dist/main.js')
await main()
