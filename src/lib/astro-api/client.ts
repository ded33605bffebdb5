import {AstroError} from '../errors.js'
import {unreadable} from './failures.js'
import {type Http, type HttpRequest} from './http.js'

/** Query parameters; a list repeats its key, and what is undefined is left out. */
export type Query = Readonly<Record<string, boolean | number | readonly string[] | string | undefined>>

/** The Astro API: paths relative to its root, JSON in and out. Every failure is an AstroError. */
export interface Client {
  /** Retried while the error may pass. `onText` is called with the text of the JSON. */
  get(path: string, query?: Query, onText?: (text: string) => void): Promise<unknown>
  /** Sent once, since nobody knows what it did if it fails. Undefined for a response without a body. */
  post(path: string, body: unknown): Promise<unknown>
}

export interface ClientOptions {
  /** Root of the API's host, without a slash at its end: `https://api.astronomer.io`. */
  readonly apiHost: string
  /** The secret for the Authorization header, asked for at each request. */
  readonly bearer: () => string
  /**
   * Gets a new secret after the API refused the one that `bearer` gave; false where there is no way to. Such a request
   * is sent once more.
   */
  readonly renew?: ((refused: string) => Promise<boolean>) | undefined
}

/** A client for one API host and one credential. */
export function createClient(http: Http, {apiHost, bearer, renew}: ClientOptions): Client {
  async function send(request: HttpRequest): Promise<unknown> {
    const secret = bearer()
    try {
      return await http({...request, headers: authorization(secret)})
    } catch (error) {
      if (!isUnauthenticated(error) || !(await refreshAfter(error, request, secret))) throw error
      // What a write sends comes from a read, which is too old by now.
      if (request.method === 'POST') throw mayRepeat(error)
      return http({...request, headers: authorization(bearer())})
    }
  }

  /** A refresh that fails does not change that the API refused the request. */
  async function refreshAfter(
    refusal: AstroError,
    {method}: HttpRequest,
    secret: string,
  ): Promise<boolean | undefined> {
    try {
      return await renew?.(secret)
    } catch (error) {
      if (method === 'GET' || !(error instanceof AstroError)) throw error
      throw new AstroError(error.kind, error.message, {...error.details, status: refusal.details.status})
    }
  }

  return {
    async get(path, query, onText) {
      const url = new URL(`${apiHost}/v1/${path}`)
      url.search = searchParams(query ?? {}).toString()
      const answer = await send({method: 'GET', url, onText})
      if (answer === undefined) throw unreadable(200, 'it is empty')
      return answer
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
