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
  /** A team of one's own, or the secret of an invitation into another's. */
  team_name?: string
  invite?: string
}

/** Somebody else changed what this person is: their role, or the team they are in. */
export type Moved = (before: User, after: User) => void

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
  private readonly movers = new Set<Moved>()
  private acting = 0
  /** The server asked to be left alone with this, until then. */
  private refused: { problem: Problem; until: number } | null = null
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

  /** Hears of a role or team that a renewal brought, before it holds. What the person did here is not told. */
  readonly onMoved = (listener: Moved): (() => void) => {
    this.movers.add(listener)
    return () => this.movers.delete(listener)
  }

  async signIn(email: string, password: string): Promise<void> {
    this.begin(await this.post("/api/auth/login", { email, password }))
  }

  async register(registration: Registration): Promise<void> {
    this.begin(await this.post("/api/auth/register", registration))
  }

  async switchTeam(teamId: string): Promise<void> {
    this.begin(await this.post("/api/auth/switch-team", { team_id: teamId }, await this.token()))
  }

  /** Joins the team of an invitation, and goes there. */
  async acceptInvite(secret: string): Promise<void> {
    this.begin(await this.post("/api/auth/accept-invite", { invite: secret }, await this.token()))
  }

  /** What this person becomes by this work is their own doing, and no news. */
  async doing<T>(work: () => Promise<T>): Promise<T> {
    this.acting += 1
    try {
      return await work()
    } finally {
      this.acting -= 1
    }
  }

  /** The server already knows nobody of this name any more. */
  forget(): void {
    this.end()
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
    if (this.refused && Date.now() < this.refused.until) throw this.refused.problem
    const work = async () => this.post("/api/auth/refresh", {})
    try {
      const answer = await ("locks" in navigator ? navigator.locks.request("refresh", work) : work())
      this.compare(answer.user)
      this.begin(answer)
      return this.access?.token ?? null
    } catch (error) {
      if (error instanceof Problem && error.status === 429) {
        this.refused = { problem: error, until: Date.now() + (error.retryAfterS ?? 0) * 1000 }
      }
      if (!(error instanceof Problem) || error.status === 429 || error.status >= 500) throw error
      this.end()
      return null
    }
  }

  private async post(path: string, body: unknown, token?: string | null): Promise<SignedIn> {
    const headers = new Headers({ "Content-Type": "application/json", "X-Requested-With": "dashboard" })
    if (token) headers.set("Authorization", `Bearer ${token}`)
    const request = new Request(this.origin + path, { method: "POST", headers, body: JSON.stringify(body) })
    const response = await this.send(request).catch(() => {
      throw new Unreachable()
    })
    if (!response.ok) throw await problemOf(response)
    return response.status === 204 ? (undefined as never) : ((await response.json()) as SignedIn)
  }

  private compare(after: User): void {
    if (this.current.kind !== "signed-in" || this.acting > 0) return
    const before = this.current.user
    if (before.team_id !== after.team_id || before.role !== after.role) for (const hear of this.movers) hear(before, after)
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
