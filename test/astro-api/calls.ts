import {got} from 'got'

/** Sends a GET, or a POST with this JSON or form. */
export async function call(
  url: string,
  {body, token}: {readonly body?: object; readonly token?: string} = {},
): Promise<{readonly status: number; readonly body: unknown}> {
  const response = await got(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: token === undefined ? {} : {authorization: `Bearer ${token}`},
    ...(body && (body instanceof URLSearchParams ? {form: Object.fromEntries(body)} : {json: body})),
    retry: {limit: 0},
    throwHttpErrors: false,
  })
  return {status: response.statusCode, body: JSON.parse(response.body)}
}
