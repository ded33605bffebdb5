export type Env = Readonly<Record<string, string>>

const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** Sets the proxy variables of this process, where proxy-from-env reads them, and removes the others. */
export function setVariables(env: Env): void {
  clearVariables()
  Object.assign(process.env, env)
}

export function clearVariables(): void {
  for (const name of NAMES) Reflect.deleteProperty(process.env, name)
}
