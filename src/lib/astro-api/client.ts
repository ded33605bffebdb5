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
  /** Returns the secret for the Authorization header. Called for each request. */
  readonly bearer: () => string
  /**
   * Gets a new secret after the API rejected the one from `bearer`. Resolves to false if there is no other. With a new
   * secret, the client repeats a GET once; for a POST, it throws an error with `mayRepeat`.
   */
  readonly refresh?: ((rejected: string) => Promise<boolean>) | undefined
}

/** A client for one API host and one credential. */
export function createClient(http: Http, {apiHost, bearer, refresh}: ClientOptions): Client {
  async function send(request: HttpRequest): Promise<unknown> {
    const secret = bearer()
    try {
      return await http({...request, headers: authorization(secret)})
    } catch (error) {
      if (!isUnauthenticated(error) || !(await refreshAfter(error, request, secret))) throw error
      // A write is computed from a read, and that read is too old by now.
      if (request.method === 'POST') throw mayRepeat(error)
      return http({...request, headers: authorization(bearer())})
    }
  }

  /**
   * If the refresh after a write fails, its error keeps the status: the API rejected the write, so its outcome is
   * known.
   */
  async function refreshAfter(
    rejection: AstroError,
    {method}: HttpRequest,
    secret: string,
  ): Promise<boolean | undefined> {
    try {
      return await refresh?.(secret)
    } catch (error) {
      if (method === 'GET' || !(error instanceof AstroError)) throw error
      throw new AstroError(error.kind, error.message, {...error.details, status: rejection.details.status})
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

function mayRepeat({details, kind, message}: AstroError): AstroError {
  return new AstroError(kind, message, {...details, mayRepeat: true, retryAfterMs: 0})
}

function isUnauthenticated(error: unknown): error is AstroError {
  return error instanceof AstroError && error.details.status === 401
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
