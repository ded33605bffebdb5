import {AstroError} from '../errors.js'
import {unreadable} from './failures.js'
import {type Http, type HttpRequest} from './http.js'

/** Query parameters. A list repeats its key, and undefined values are omitted. */
export type Query = Readonly<Record<string, boolean | number | readonly string[] | string | undefined>>

/** The Astro API: paths are relative to its root, and bodies are JSON. Every error is an AstroError. */
export interface Client {
  /** Retries while the error may be temporary. */
  get(path: string, query?: Query): Promise<unknown>
  /** Sends once, because a failed write may have arrived. Resolves to undefined for a response without a body. */
  post(path: string, body: unknown): Promise<unknown>
}

export interface ClientOptions {
  /** Root of the API's host, without a trailing slash: `https://api.astronomer.io`. */
  readonly apiHost: string
  readonly bearer: () => string
  /** Gets a new secret after the API rejected one. Resolves to false if there is no other. */
  readonly refresh?: ((rejected: string) => Promise<boolean>) | undefined
}

/** Creates a client. After a refresh, it repeats a GET once, and throws an error with `mayRepeat` for a POST. */
export function createClient(http: Http, {apiHost, bearer, refresh}: ClientOptions): Client {
  async function send(request: HttpRequest): Promise<unknown> {
    const secret = bearer()
    try {
      return await http({...request, headers: authorization(secret)})
    } catch (error) {
      if (!(error instanceof AstroError) || error.details.status !== 401) throw error
      if (!(await refreshAfter(error, request, secret))) throw error
      // A write is computed from a read, and that read is too old by now.
      if (request.method === 'POST') throw withDetails(error, {mayRepeat: true, retryAfterMs: 0})
      return http({...request, headers: authorization(bearer())})
    }
  }

  async function refreshAfter({details}: AstroError, {method}: HttpRequest, secret: string): Promise<unknown> {
    try {
      return await refresh?.(secret)
    } catch (error) {
      if (method === 'GET' || !(error instanceof AstroError)) throw error
      // The API rejected the write, so its outcome is known.
      throw withDetails(error, {status: details.status})
    }
  }

  return {
    async get(path, query) {
      const url = new URL(`${apiHost}/v1/${path}`)
      url.search = searchParams(query ?? {}).toString()
      const body = await send({method: 'GET', url})
      if (body === undefined) throw unreadable(200, 'it is empty')
      return body
    },
    post: async (path, json) => send({method: 'POST', url: new URL(`${apiHost}/v1/${path}`), json}),
  }
}

function authorization(secret: string): Record<string, string> {
  return {authorization: `Bearer ${secret}`}
}

function withDetails({details, kind, message}: AstroError, more: AstroError['details']): AstroError {
  return new AstroError(kind, message, {...details, ...more})
}

function searchParams(query: Query): URLSearchParams {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    for (const each of typeof value === 'object' ? value : [value]) {
      if (each !== undefined) params.append(key, String(each))
    }
  }

  return params
}
