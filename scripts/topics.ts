/** Writes the descriptions of the topics into package.json. Hosts and the standalone program show them. */
import {readFile, writeFile} from 'node:fs/promises'

import {topicDescriptions} from '../src/cli/help.js'

interface Package {
  readonly oclif: {topics: object}
}

const pjson = JSON.parse(await readFile('package.json', 'utf8')) as Package
pjson.oclif.topics = topicDescriptions()
await writeFile('package.json', `${JSON.stringify(pjson, undefined, 2)}\n`)
