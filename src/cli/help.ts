import {EXITS} from '../lib/errors.js'

/** Variables that every command reads. */
const ENVIRONMENT = {
  ASTRO_API_TOKEN: 'API token to work with, in place of the saved login',
  ASTRO_DEPLOYMENT_ID: 'Deployment where --deployment-id is not given',
  ASTRO_DOMAIN: 'which Astro, in place of the saved context',
  ASTRO_HOME: 'folder that has .astro/config.yaml',
  ASTRO_ORGANIZATION_ID: 'Organization, for a credential that does not name one',
  CI: 'nothing is asked where it is set',
  DEBUG: '* shows where a failure comes from, without secrets',
  HTTPS_PROXY: 'proxies, with HTTP_PROXY and NO_PROXY, as Go has them',
  NO_COLOR: 'no colours; FORCE_COLOR, colours in any case',
  TERM: 'dumb: no questions, no colours',
  XDG_CACHE_HOME: 'where Node.js keeps compiled code, from 22.1 on',
} as const

/** The description of a command, and after it what all commands have in common: exits and environment variables. */
export function described(description: string): string {
  return [
    description,
    `Exits, and the kinds of failure that --json names:\n${table(exitRows())}`,
    `Environment variables:\n${table(Object.entries(ENVIRONMENT))}`,
  ].join('\n\n')
}

function exitRows(): [string, string][] {
  const exits = [...new Set(Object.values(EXITS))].sort((one, other) => one - other)
  const kindsOf = (exit: number) => Object.entries(EXITS).flatMap(([kind, its]) => (its === exit ? [kind] : []))
  return [
    ['0', 'done, or nothing to do'],
    ...exits.map((exit): [string, string] => [`${exit}`, kindsOf(exit).join(', ')]),
  ]
}

/** Rows of a name and what is said of it, in two columns. */
function table(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}
