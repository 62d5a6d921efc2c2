import createClient, { type Client as TypedClient } from "openapi-fetch"

import type { Auth, Fetch } from "./auth"
import { problemOf, Unreachable } from "./problem"
import type { paths } from "./schema.gen"
import { isTooMany, type Slowdown } from "./slowdown"

/** The API with the types of its own document; every call in the name of the person signed in. */
export type Client = TypedClient<paths>

export function buildClient(origin: string, send: Fetch, auth: Auth, slowdown: Slowdown): Client {
  const noting = async (request: Request) => {
    try {
      return await sendAs(auth, send, request)
    } catch (error) {
      // What a person did says so itself, where they did it.
      if (isTooMany(error) && request.method === "GET") slowdown.note(error)
      throw error
    }
  }
  return createClient<paths>({ baseUrl: origin, fetch: noting })
}

/** The body of a good answer. Refusals were raised before it came this far. */
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}

/** Adds the token; with a token that is refused, once again with a new one. Raises Problem or Unreachable. */
async function sendAs(auth: Auth, send: Fetch, request: Request): Promise<Response> {
  let response = await attempt(send, request, await auth.token())
  if (response.status === 401) {
    const token = await auth.renew()
    if (token !== null) response = await attempt(send, request, token)
  }
  if (!response.ok) throw await problemOf(response)
  return response
}

async function attempt(send: Fetch, request: Request, token: string | null): Promise<Response> {
  const one = request.clone()
  if (token !== null) one.headers.set("Authorization", `Bearer ${token}`)
  try {
    return await send(one)
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error
    throw new Unreachable()
  }
}
