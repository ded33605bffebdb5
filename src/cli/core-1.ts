import {type Interfaces} from '@oclif/core'

/** The fields of an @oclif/core 1 config that this module reads. */
interface ConfigOfCore1 {
  readonly plugins: readonly Interfaces.Plugin[]
  readonly root: string
}

/**
 * Converts the config that a host on @oclif/core 1 passes, which has its plugins in a list, to options that later
 * versions of the core can load. Returns undefined for any other config.
 */
export function optionsFromCore1(config: unknown): Interfaces.Options | undefined {
  if (!isConfigOfCore1(config)) return undefined
  return {plugins: new Map(config.plugins.map((plugin) => [plugin.name, plugin])), root: config.root}
}

function isConfigOfCore1(config: unknown): config is ConfigOfCore1 {
  return typeof config === 'object' && config !== null && 'plugins' in config && Array.isArray(config.plugins)
}
