import {EXITS} from '../lib/errors.js'

/** The parts that the help texts of the commands share. */

/** The environment variables in the help of the topic: those that a user sets on purpose. */
const ENVIRONMENT = {
  ASTRO_API_TOKEN: 'API token to use instead of the saved login',
  ASTRO_DEPLOYMENT_ID: 'Deployment to use without --deployment-id',
  ASTRO_DOMAIN: 'Astro domain; overrides the saved context',
  ASTRO_HOME: 'directory that contains .astro/config.yaml',
  ASTRO_ORGANIZATION_ID: 'Organization, if the credential has none',
  DEBUG: 'astro prints each request; * also stack traces',
  HTTPS_PROXY: 'proxy; also HTTP_PROXY, NO_PROXY',
  NO_COLOR: 'disables color; FORCE_COLOR forces it',
} as const

export function withHelpPointer(description: string): string {
  return `${description}\n\nExit codes, environment: <%= config.bin %> deployment<%= config.topicSeparator %>organization-token --help`
}

/** The examples of a command, by description; each is what follows the name of the command. */
export function examplesOf(examples: Readonly<Record<string, string>>) {
  return Object.entries(examples).map(([description, words]) => ({
    command: `<%= config.bin %> <%= command.id %> ${words}`,
    description,
  }))
}

/** The topics in package.json, where hosts read them. */
export function topicDescriptions(): Readonly<Record<string, {readonly description: string}>> {
  const description = topicDescription()
  return {
    // Empty, so that the host's description stays. Without an entry, a host would show the summary of `add`.
    deployment: {description: ''},
    'deployment:organization-token': {description},
    'deployment:token': {description: ''},
    'deployment:token:organization-token': {description},
  }
}

/** The description of our topic, with exit codes and environment variables. */
function topicDescription(): string {
  return [
    'Assign Deployment roles to Organization API tokens',
    `Exit codes\n${table(exitRows())}`,
    `Environment variables\n${table(Object.entries(ENVIRONMENT))}`,
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

function table(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}
