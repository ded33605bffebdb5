import {replaceValues} from './config-edit.js'
import {parseConfig, readConfigText} from './config-file.js'
import {prepareReplacement, type Replacement} from './replace-file.js'

/** A saved login that is about to be refreshed. */
export interface LoginPlace {
  /** The config file itself, not a link to it. */
  readonly file: string
  /** The key of the login under `contexts`. */
  readonly contextKey: string
  readonly refreshToken: string
}

/** The values that a refresh changes in the config file. */
export interface NewValues {
  readonly token: string
  /** RFC 3339. */
  readonly expiresIn: string
  /** Undefined if the old one stays in use. */
  readonly refreshToken: string | undefined
}

/** A save that has been tested as far as possible without the new values. */
export interface PreparedSave {
  /** Saves the values, unless the file has another login by now. Rejects on an error, and leaves the file unchanged. */
  save(values: NewValues): Promise<void>
  /** Undoes the preparation. */
  discard(): Promise<void>
}

/** Bytes to reserve for longer values. */
const MORE_BYTES = 16 * 1024

/** Replaces the new values in the test of the edit. */
const PLACEHOLDER: NewValues = {token: 'a.b.c', expiresIn: '2026-01-01T00:00:00Z', refreshToken: 'a'}

/**
 * Checks everything that could make saving a refreshed login fail: that the values can be edited, and that the file can
 * be replaced. Rejects otherwise, and leaves the file unchanged.
 */
export async function prepareSave(place: LoginPlace, prepare = prepareReplacement): Promise<PreparedSave> {
  const text = await readConfigText(place.file)
  edit(text, place, PLACEHOLDER)
  const replacement = await prepare(place.file, Buffer.byteLength(text) + MORE_BYTES)
  return {
    save: async (values) => save(place, values, replacement),
    discard: async () => replacement.discard(),
  }
}

async function save(place: LoginPlace, values: NewValues, replacement: Replacement): Promise<void> {
  try {
    const text = await readConfigText(place.file)
    const config = await parseConfig(place.file, text)
    const isSame = config.findContext([place.contextKey])?.login?.refreshToken === place.refreshToken
    if (isSame) await replacement.commit(edit(text, place, values))
  } finally {
    await replacement.discard()
  }
}

/** Returns the text with the new values. Throws if other values of the file depend on the old ones. */
function edit(text: string, {contextKey}: LoginPlace, {expiresIn, refreshToken, token}: NewValues): string {
  const edited = replaceValues(text, ['contexts', contextKey], {
    token: `Bearer ${token}`,
    expiresin: expiresIn,
    ...(refreshToken !== undefined && {refreshtoken: refreshToken}),
  })
  if (edited === undefined) throw new Error('other values depend on it')
  return edited
}
