import type { Kept } from "@/lib/kept"

import { problemOf, Problem, Unreachable } from "./problem"
import type { SignedIn, User } from "./types"

export type AuthState =
  | { readonly kind: "unknown" }
  | { readonly kind: "signed-out" }
  | { readonly kind: "signed-in"; readonly user: User }

export type Fetch = (request: Request) => Promise<Response>

export interface Registration {
  email: string
  username: string
  password: string
  team_name: string
}

const HINT = "signed-in"
const EARLY_MS = 30_000

/**
 * Who is signed in. The access token is kept here, in memory, and nowhere else; the refresh token is a cookie that no
 * script can read. One refresh runs at a time, over all tabs where the browser offers locks.
 */
export class Auth {
  private access: { token: string; expires: number } | null = null
  private refreshing: Promise<string | null> | null = null
  private readonly listeners = new Set<() => void>()
  private current: AuthState = { kind: "unknown" }

  constructor(
    private readonly origin: string,
    private readonly send: Fetch,
    private readonly storage: Kept,
  ) {}

  readonly state = (): AuthState => this.current

  readonly onState = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Takes up where an earlier visit ended. Raises Unreachable or a passing Problem when the server gives no answer. */
  async restore(): Promise<void> {
    // The hint spares a newcomer a request which can only be refused.
    if (this.storage.getItem(HINT) === null) return this.end()
    await this.renew()
  }

  async signIn(email: string, password: string): Promise<void> {
    this.begin(await this.post("/api/auth/login", { email, password }))
  }

  async register(registration: Registration): Promise<void> {
    this.begin(await this.post("/api/auth/register", registration))
  }

  /** The person is signed out here even when the server cannot be told. */
  async signOut(): Promise<void> {
    const token = this.access?.token
    this.end()
    await this.post("/api/auth/logout", {}, token).catch(() => undefined)
  }

  /** A token good for at least the next half minute, or null when nobody is signed in. */
  async token(): Promise<string | null> {
    if (this.current.kind === "signed-out") return null
    if (this.access && Date.now() < this.access.expires - EARLY_MS) return this.access.token
    return this.renew()
  }

  /** A new token by the cookie; null when the server refuses it, which signs the person out. */
  renew(): Promise<string | null> {
    this.refreshing ??= this.refresh().finally(() => (this.refreshing = null))
    return this.refreshing
  }

  update(user: User): void {
    if (this.current.kind === "signed-in") this.move({ kind: "signed-in", user })
  }

  private async refresh(): Promise<string | null> {
    const work = async () => this.post("/api/auth/refresh", {})
    try {
      const answer = await ("locks" in navigator ? navigator.locks.request("refresh", work) : work())
      this.begin(answer)
      return this.access?.token ?? null
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 429 || error.status >= 500) throw error
      this.end()
      return null
    }
  }

  private async post(path: string, body: unknown, token?: string): Promise<SignedIn> {
    const headers = new Headers({ "Content-Type": "application/json", "X-Requested-With": "dashboard" })
    if (token) headers.set("Authorization", `Bearer ${token}`)
    const request = new Request(this.origin + path, { method: "POST", headers, body: JSON.stringify(body) })
    const response = await this.send(request).catch(() => {
      throw new Unreachable()
    })
    if (!response.ok) throw await problemOf(response)
    return response.status === 204 ? (undefined as never) : ((await response.json()) as SignedIn)
  }

  private begin(answer: SignedIn): void {
    this.access = { token: answer.access_token, expires: Date.now() + answer.expires_in * 1000 }
    this.storage.setItem(HINT, "1")
    this.move({ kind: "signed-in", user: answer.user })
  }

  private end(): void {
    this.access = null
    this.storage.removeItem(HINT)
    this.move({ kind: "signed-out" })
  }

  private move(state: AuthState): void {
    this.current = state
    for (const listener of this.listeners) listener()
  }
}
