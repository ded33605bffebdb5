// Loaded by NODE_OPTIONS: a wait never ends, and nothing keeps the process running.
import {syncBuiltinESMExports} from 'node:module'
import timers from 'node:timers/promises'

timers.setTimeout = async () => new Promise(() => {})
syncBuiltinESMExports()
