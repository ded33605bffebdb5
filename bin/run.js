#!/usr/bin/env node
import module from 'node:module'
import {homedir} from 'node:os'
import {join} from 'node:path'

// What Node has compiled is kept in a folder of the user's own: under the system's temporary directory, which is Node's
// choice, others could put code into it.
const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
module.enableCompileCache?.(join(caches, 'astro-plugin-organization-token'))
// A stack trace then names the sources.
if (process.env.DEBUG) process.setSourceMapsEnabled(true)

const {main} = await import('../dist/main.js')
await main()
