#!/usr/bin/env node
import {execute} from '@oclif/core/execute'
import {fileURLToPath} from 'node:url'

await execute({
  loadOptions: {
    // The standalone program's own help; named in package.json, it would evict a host's help plugin.
    pluginAdditions: {core: ['@oclif/plugin-help']},
    root: fileURLToPath(new URL('..', import.meta.url)),
  },
})
