import {lstatSync, readdirSync} from 'node:fs'
import {join} from 'node:path'

export interface Installed {
  readonly packages: number
  /** The size of all their files. */
  readonly megabytes: number
}

/** Measures the packages that npm installed under a folder. */
export function measureInstalled(folder: string): Installed {
  let bytes = 0
  let packages = 0
  for (const path of readdirSync(folder, {encoding: 'utf8', recursive: true})) {
    const file = lstatSync(join(folder, path))
    if (file.isFile() && path.includes('node_modules/')) bytes += file.size
    if (/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path)) packages += 1
  }

  return {megabytes: bytes / 1e6, packages}
}
