import {type Interfaces} from '@oclif/core'

/** The part of a config of @oclif/core 1 that is read here. */
interface ConfigOfCore1 {
  readonly plugins: readonly Interfaces.Plugin[]
  readonly root: string
}

/**
 * What a later core can load in place of the config that a host on @oclif/core 1 hands over, whose plugins are a list.
 *
 * @returns undefined where it is not such a config
 */
export function optionsFromCore1(config: unknown): Interfaces.Options | undefined {
  if (!isConfigOfCore1(config)) return undefined
  return {plugins: new Map(config.plugins.map((plugin) => [plugin.name, plugin])), root: config.root}
}

function isConfigOfCore1(config: unknown): config is ConfigOfCore1 {
  return typeof config === 'object' && config !== null && 'plugins' in config && Array.isArray(config.plugins)
}
