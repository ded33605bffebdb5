/** Writes the description of our topic into package.json. Hosts and the standalone program show it. */
import {readFile, writeFile} from 'node:fs/promises'

import {topicDescription} from '../src/cli/help.js'

interface Package {
  readonly oclif: {readonly topics: Record<string, {description: string}>}
}

const pjson = JSON.parse(await readFile('package.json', 'utf8')) as Package
for (const topic of Object.values(pjson.oclif.topics)) topic.description = topicDescription()
await writeFile('package.json', `${JSON.stringify(pjson, undefined, 2)}\n`)
