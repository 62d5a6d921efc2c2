import type { Auth, Fetch } from "./auth"
import { problemOf, Unreachable } from "./problem"

export type Query = Record<string, string | number | undefined>

/** Requests in the person's name: adds the token, refreshes it once when the server refuses it, and turns refusals into Problems. */
export class Http {
  constructor(
    private readonly origin: string,
    private readonly send: Fetch,
    private readonly auth: Auth,
  ) {}

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.ask("GET", path + search(query), undefined, signal)
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.ask("POST", path, body)
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.ask("PUT", path, body)
  }

  delete(path: string): Promise<void> {
    return this.ask("DELETE", path)
  }

  private async ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const attempt = (token: string | null) => this.fetch(method, path, token, body, signal)
    let response = await attempt(await this.auth.token())
    if (response.status === 401) {
      const token = await this.auth.renew()
      if (token !== null) response = await attempt(token)
    }
    if (!response.ok) throw await problemOf(response)
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
  }

  private async fetch(method: string, path: string, token: string | null, body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers({ Accept: "application/json" })
    if (token !== null) headers.set("Authorization", `Bearer ${token}`)
    if (body !== undefined) headers.set("Content-Type", "application/json")
    const request = new Request(this.origin + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    try {
      return await this.send(request)
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error
      throw new Unreachable()
    }
  }
}

function search(query: Query): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) params.append(key, String(value))
  const text = params.toString()
  return text === "" ? "" : `?${text}`
}
