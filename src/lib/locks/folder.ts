import {tmpdir, userInfo} from 'node:os'

import {makePrivateFolder} from '../private-folder.js'

const NAME = 'astro-plugin-organization-token'
const CACHE: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['Library', 'Caches'],
  win32: ['AppData', 'Local'],
}

// Not the environment, which differs between a user's processes.
const SYSTEM = {
  platform: process.platform,
  userId: process.getuid?.(),
  user: (): {readonly homedir: string; readonly username: string} => userInfo(),
  temporary: process.platform === 'win32' ? tmpdir() : '/tmp',
}

/**
 * The directories for this user's locks, the best one first: functions that create the directory and return its path,
 * or throw if that is impossible or if it belongs to another user.
 */
export function lockFolders({platform, temporary, user, userId} = SYSTEM): readonly (() => string)[] {
  return [
    () => makePrivateFolder(user().homedir, [...(CACHE[platform] ?? ['.cache']), NAME, 'locks'], {userId}),
    () => makePrivateFolder(temporary, [`${NAME}-${userId ?? user().username}`], {isShared: true, userId}),
  ]
}
