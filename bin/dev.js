#!/usr/bin/env node
// The program as bin/run.js starts it, from the sources and the libraries as they are installed: nothing is built.
import {register} from 'tsx/esm/api'

register()
const {main} = await import('../src/main.ts')
await main()
