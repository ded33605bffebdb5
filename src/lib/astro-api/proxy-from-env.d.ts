declare module 'proxy-from-env' {
  /** The proxy for the URL; empty for none. */
  export function getProxyForUrl(url: {readonly host: string; readonly port: string; readonly protocol: string}): string
}
