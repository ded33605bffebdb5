import {expect} from 'chai'

import {type AstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'

/** A login of the emulator. */
export interface SavedLogin {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresAt: Date
}

/** A config file with everything that a refresh must leave unchanged. */
export function configWith(api: AstroApi, {accessToken, expiresAt, refreshToken}: SavedLogin): string {
  return `# my config
local: {core: "${api.url}/v1"}   # the emulator
context: localhost

contexts:
    astronomer_io:
        token: Bearer another
        refreshtoken: another-refresh
        expiresin: "2020-01-01T00:00:00Z"
    localhost:
        domain: localhost
        expiresin: "${expiresAt.toISOString()}"   # soon
        organization: ${ids.organization}
        refreshtoken: ${refreshToken}
        token: Bearer ${accessToken}
        new_key: {of: 'a later version'}
        workspace: ""
`.replaceAll('\n', '\r\n')
}

/** The keys of the lines that differ. Fails if lines were added or removed. */
export function changedKeys(before: string, after: string): readonly string[] {
  const lines = before.split('\n')
  expect(after.split('\n')).to.have.length(lines.length)
  return after
    .split('\n')
    .filter((line, index) => line !== lines[index])
    .map((line) => line.trim().replace(/:.*/, ''))
}
