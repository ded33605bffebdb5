// Loaded by NODE_OPTIONS: the process seems to have a PID namespace of its own, as in a container.
import fs from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'

const {readlinkSync} = fs

fs.readlinkSync = (path, ...rest) =>
  path === '/proc/self/ns/pid' ? `pid:[${process.pid}]` : readlinkSync(path, ...rest)
syncBuiltinESMExports()
