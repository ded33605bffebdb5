import {findOtherAstros, realPathOf} from './standalone/other-astros.js'

/** The path of this program where npm installs it. In a host, PATH may have it too. */
const OUR_BIN = '/astro-plugin-organization-token/bin/run.js'

const INSTALL_PAGE = 'https://www.astronomer.io/docs/astro/cli/install-cli'

/** Whether PATH has the Astro CLI, or another program called `astro` that is not this one. */
export function hasAstroCli({PATH = ''}: NodeJS.ProcessEnv): boolean {
  const others = findOtherAstros(PATH, new Set([realPathOf(process.argv[1] ?? '')]))
  return others.some(({realPath}) => !realPath.endsWith(OUR_BIN))
}

/** Adds to a hint that names `astro login` how to get the Astro CLI, if PATH does not have it. */
export function withInstallation(hint: string, env: NodeJS.ProcessEnv): string {
  if (!/\bastro login\b/.test(hint) || hasAstroCli(env)) return hint
  return `${hint} (not on your PATH; to install the Astro CLI, see ${INSTALL_PAGE})`
}
