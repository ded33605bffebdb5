import {EXITS} from '../lib/errors.js'

/** The parts that the help texts of the commands share. */

/** The environment variables in the help of the topic. */
const ENVIRONMENT = {
  ASTRO_API_TOKEN: 'API token to use instead of the saved login',
  ASTRO_DEPLOYMENT_ID: 'Deployment to use without --deployment-id',
  ASTRO_DOMAIN: 'Astro domain; overrides the saved context',
  ASTRO_HOME: 'folder that contains .astro/config.yaml',
  ASTRO_NO_CODE_CACHE: '1 turns off the cache of compiled code',
  ASTRO_ORGANIZATION_ID: 'Organization, if the credential has none',
  CI: 'disables prompts',
  DEBUG: 'astro prints each request; * also stack traces',
  HTTPS_PROXY: 'proxy; also HTTP_PROXY, NO_PROXY',
  NO_COLOR: 'disables color; FORCE_COLOR forces it',
  TERM: 'dumb disables prompts and color',
  XDG_CACHE_HOME: 'folder for the cache of compiled code',
} as const

/** Adds a pointer to the topic's help to a command's description. */
export function withHelpPointer(description: string): string {
  return `${description}\n\nExit codes, environment: <%= config.bin %> deployment organization-token --help`
}

/** The description of the topic, with exit codes and environment variables. package.json has a copy for hosts. */
export function topicDescription(): string {
  return [
    'Scope Organization API tokens to Deployments',
    `Exit codes, with the error kinds of --json:\n${table(exitRows())}`,
    `Environment variables:\n${table(Object.entries(ENVIRONMENT))}`,
  ].join('\n\n')
}

function exitRows(): [string, string][] {
  const codes = [...new Set(Object.values(EXITS))].sort((one, other) => one - other)
  const kindsOf = (code: number) => Object.entries(EXITS).flatMap(([kind, exit]) => (exit === code ? [kind] : []))
  return [
    ['0', 'done, or nothing to do'],
    ...codes.map((code): [string, string] => [`${code}`, kindsOf(code).join(', ')]),
  ]
}

/** Formats names and texts in two columns. */
function table(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}
