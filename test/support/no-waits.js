// Loaded by NODE_OPTIONS: waits between retries and time-outs of requests take a twentieth of their time.
import {syncBuiltinESMExports} from 'node:module'
import timers from 'node:timers/promises'

const FASTER = 20
const {setTimeout: sleep} = timers
const {setTimeout: later} = globalThis

timers.setTimeout = async (ms, ...rest) => sleep(ms / FASTER, ...rest)
syncBuiltinESMExports()
// Short ones, such as the delay of the spinner, stay as they are.
globalThis.setTimeout = (work, ms, ...rest) => later(work, ms >= 10_000 ? ms / FASTER : ms, ...rest)
