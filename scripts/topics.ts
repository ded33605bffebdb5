/** Writes the description of our topics into package.json. Hosts and the standalone program show it. */
import {readFile, writeFile} from 'node:fs/promises'

import {topicDescription} from '../src/cli/help.js'

interface Package {
  readonly oclif: {readonly topics: Record<string, {description?: string}>}
}

const pjson = JSON.parse(await readFile('package.json', 'utf8')) as Package
for (const [name, topic] of Object.entries(pjson.oclif.topics)) {
  // The topics above stay without a description, so that hosts do not describe them as one of our commands.
  if (name.endsWith(':organization-token')) topic.description = topicDescription()
}

await writeFile('package.json', `${JSON.stringify(pjson, undefined, 2)}\n`)
