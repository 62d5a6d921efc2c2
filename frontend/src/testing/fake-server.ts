import type { ApiToken, Machine, Session, SignedIn, User } from "@/api/types"
import type { ClientFrame } from "@/lib/live/frames"

import { json, nothing, problem } from "./answers"
import { aUser, TEAM } from "./builders"
import { changeAccount, type Account } from "./fake-account"
import { FakeSocket } from "./fake-socket"
import { partsOf } from "./fake-parts"
import { FakeTeam } from "./fake-team"

type Subscribe = Extract<ClientFrame, { type: "subscribe" }>

/** The server as the browser knows it, in memory: accounts, sessions, frames. Behaves as the API document says. */
export class FakeServer {
  readonly sessions = new Map<string, Session>()
  readonly accounts = new Map<string, Account>()
  readonly requests: string[] = []
  machines: Machine[] = []
  tokens: ApiToken[] = []
  readonly team = new FakeTeam()
  localAgent = false
  localRuns = false
  /** Paths (their beginning) that fail just now, with the status they answer. */
  readonly failing = new Map<string, number>()
  /** How many sessions a snapshot holds at most. */
  most = 1_000
  /** Whether sockets are accepted. */
  reachable = true
  private cookie: string | null = null
  private access = new Map<string, string>()
  private cursor = 0
  private readonly sockets = new Map<FakeSocket<Session>, { email: string | null; channels: Set<string> }>()

  constructor(account: Account = { user: aUser(), password: "correct horse" }) {
    this.join(account)
  }

  /** Another person with an account, in the team as their account says. */
  join(account: Account): void {
    this.accounts.set(account.user.email, account)
    if (account.user.team_id === TEAM.id) this.team.admit(account.user)
  }

  /** Another's deed: what somebody is from now on. Open pages hear of it as from the real server. */
  become(email: string, part: Partial<User>): void {
    const account = this.accounts.get(email)
    if (!account) throw new Error(`no account ${email}`)
    account.user = { ...account.user, ...part }
    for (const [socket, held] of [...this.sockets]) {
      if (held.email !== email) continue
      if (part.team_id !== undefined) {
        this.access.clear()
        this.close(socket, 4401)
      } else socket.say({ type: "authenticated", role: account.user.role })
    }
  }

  /** As if this person had signed in at an earlier visit. */
  remember(email = "anna@harbour.example"): this {
    this.cookie = email
    return this
  }

  expireTokens(): void {
    this.access.clear()
  }

  /** Adds or changes a session, and tells every socket that may see it. */
  put(session: Session): void {
    this.sessions.set(session.id, session)
    this.tell(session)
  }

  change(id: string, part: Partial<Session>): Session {
    const held = this.sessions.get(id)
    if (!held) throw new Error(`no session ${id}`)
    const next = { ...held, ...part, version: held.version + 1, updated_at: new Date().toISOString() }
    this.put(next)
    return next
  }

  remove(id: string): void {
    this.sessions.delete(id)
    for (const [socket, { channels }] of this.sockets) {
      for (const channel of channels) {
        socket.say({ type: "session_deleted", channel, cursor: `e:${++this.cursor}`, data: { session_id: id } })
      }
    }
  }

  cutSockets(code = 1006, reason = ""): void {
    for (const socket of [...this.sockets.keys()]) {
      this.sockets.delete(socket)
      socket.end(code, reason)
    }
  }

  readonly openSocket = (url: string): FakeSocket<Session> => {
    const socket = new FakeSocket<Session>(url, (frame, from) => this.hear(frame, from))
    queueMicrotask(() => {
      if (!this.reachable) return socket.end(1006)
      this.sockets.set(socket, { email: null, channels: new Set() })
      socket.accept()
    })
    return socket
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    this.requests.push(`${request.method} ${pathname}`)
    await Promise.resolve()
    for (const [path, status] of this.failing) if (pathname.startsWith(path)) return problem(status, "failed")
    const body = (await request.json().catch(() => ({}))) as Record<string, string>
    const open = this.answerOpen(request, pathname, body)
    if (open) return open
    const token = request.headers.get("Authorization")?.replace("Bearer ", "") ?? ""
    const email = this.access.get(token)
    const account = email === undefined ? undefined : this.accounts.get(email)
    if (!account) return problem(401, "unauthenticated")
    return this.answer(`${request.method} ${pathname}`, account, body, searchParams, request.headers.get("if-match"))
  }

  private answerOpen(request: Request, path: string, body: Record<string, string>): Response | null {
    switch (path) {
      case "/api/auth/login": {
        const account = this.accounts.get(body.email ?? "")
        if (account?.password !== body.password) return problem(401, "bad_credentials", "The email or the password is wrong.")
        return json(200, this.signIn(account!))
      }
      case "/api/auth/register": {
        const email = body.email ?? ""
        if (this.accounts.has(email)) return problem(409, "email_taken", "There is an account with this email.")
        const user = aUser({ id: `user-${body.username}`, email, username: body.username ?? "", role: "admin" })
        const account = { user: this.team.invitedAs(user, body.invite), password: body.password ?? "" }
        this.join(account)
        return json(201, this.signIn(account))
      }
      case "/api/auth/refresh": {
        const account = this.cookie === null ? undefined : this.accounts.get(this.cookie)
        if (!account || request.headers.get("X-Requested-With") !== "dashboard") return problem(401, "unauthenticated")
        return json(200, this.signIn(account))
      }
      case "/api/auth/logout":
        this.cookie = null
        this.access.clear()
        return nothing()
      case "/api/auth/invites/preview": {
        const invite = this.team.invited(body.invite)
        if (!invite) return problem(404, "not_found", "There is no such invitation.")
        return json(200, { team_name: this.team.name, role: invite.role, expires_at: invite.expires_at, state: invite.state })
      }
      default:
        return null
    }
  }

  private answer(route: string, account: Account, body: Record<string, unknown>, query: URLSearchParams, ifMatch: string | null): Response {
    const [method = "", path = ""] = route.split(" ")
    const ofTeam = this.team.answer(method, path, account.user, body, query)
    if (ofTeam) return ofTeam
    if (account.user.team_id === null && /\/api\/(sessions|agents)(\/|$)/.test(path)) return problem(403, "no_team")
    const [, id = "", part = ""] = /\/api\/sessions\/([^/]+)\/?(.*)$/.exec(route) ?? []
    if (id) return this.answerSession(method, decodeURIComponent(id), part, account, body, query, ifMatch)
    switch (route) {
      case "GET /api/auth/me":
        return json(200, account.user)
      case "PUT /api/auth/me": {
        this.accounts.delete(account.user.email)
        const refused = changeAccount(account, body)
        this.accounts.set(account.user.email, account)
        for (const token of this.access.keys()) this.access.set(token, account.user.email)
        return refused ?? json(200, account.user)
      }
      case "DELETE /api/auth/me":
        if (body.password !== account.password) return problem(422, "wrong_password", "is not your password", "password")
        this.accounts.delete(account.user.email)
        return nothing()
      case "POST /api/auth/switch-team":
        account.user = { ...account.user, team_id: body.team_id as string }
        return json(200, this.signIn(account))
      case "POST /api/auth/accept-invite":
        if (account.user.team_id === TEAM.id) return problem(409, "already_member", "You are in this team already.")
        account.user = this.team.invitedAs(account.user, body.invite)
        return json(200, this.signIn(account))
      case "POST /api/teams":
        this.team.others = [...this.team.others, { id: "team-2", name: String(body.name), role: "admin", created_at: new Date().toISOString() }]
        return json(201, this.team.others.at(-1))
      case "GET /api/sessions":
        return json(200, { items: this.visible(account.user).filter((one) => query.get("status") === null || one.status === query.get("status")), next_cursor: null })
      case "GET /api/agents":
        return json(200, { items: this.machines, next_cursor: null })
      case "GET /api/agents/local":
        return json(200, { available: this.localAgent, running: this.localRuns })
      case "POST /api/agents/local":
        this.localRuns = String(body.token).startsWith("lsm_")
        return json(201, { available: true, running: this.localRuns })
      case "DELETE /api/agents/local":
        this.localRuns = false
        return nothing()
      case "GET /api/auth/tokens":
        return json(200, { items: this.tokens, next_cursor: null })
      case "POST /api/auth/tokens":
        return json(201, this.makeToken(body))
      default:
        return route.startsWith("DELETE /api/auth/tokens/") ? this.revoke(route.split("/").at(-1) ?? "") : problem(404, "not_found")
    }
  }

  private answerSession(method: string, id: string, part: string, account: Account, body: Record<string, unknown>, query: URLSearchParams, ifMatch: string | null): Response {
    const session = this.visible(account.user).find((one) => one.id === id)
    if (!session) return problem(404, "not_found")
    if (part === "" && method === "PUT") return this.changeSession(session, body, ifMatch)
    if (part === "") return json(200, session)
    if (part === "share") return json(200, this.change(id, { visibility: body.visibility as Session["visibility"] }))
    const answer = partsOf(session, query)[part]
    return answer === undefined ? problem(404, "not_found") : json(200, answer)
  }

  private changeSession(session: Session, body: Record<string, unknown>, ifMatch: string | null): Response {
    if (ifMatch !== null && ifMatch !== `"${session.version}"`) return problem(412, "changed_meanwhile", "The session has changed since you read it.")
    return json(200, this.change(session.id, body))
  }

  private makeToken(body: Record<string, unknown>): ApiToken & { token: string } {
    const token: ApiToken = {
      id: `token-${this.tokens.length + 1}`,
      name: String(body.name),
      scopes: body.scopes as ApiToken["scopes"],
      created_at: new Date().toISOString(),
      expires_at: (body.expires_at as string | undefined) ?? "2027-11-22T00:00:00Z",
    }
    this.tokens = [...this.tokens, token]
    return { ...token, token: `lsm_${token.id}_4f9d2c7a81e6` }
  }

  private revoke(id: string): Response {
    this.tokens = this.tokens.filter((token) => token.id !== id)
    return nothing()
  }

  private signIn(account: Account): SignedIn {
    this.cookie = account.user.email
    const token = `access-${this.requests.length}`
    this.access.set(token, account.user.email)
    return { access_token: token, token_type: "bearer", expires_in: 600, user: account.user }
  }

  private visible(user: User): Session[] {
    return [...this.sessions.values()].filter((session) => session.visibility !== "private" || session.user_id === user.id)
  }

  private hear(frame: ClientFrame, socket: FakeSocket<Session>): void {
    const held = this.sockets.get(socket)
    if (!held) return
    if (frame.type === "auth") {
      held.email = this.access.get(frame.token) ?? null
      if (held.email === null) this.close(socket, 4401)
    } else if (frame.type === "ping") socket.say({ type: "pong" })
    else if (frame.type === "unsubscribe") held.channels.delete(frame.channel)
    else this.subscribe(frame, socket, held)
  }

  private subscribe({ channel, filters }: Subscribe, socket: FakeSocket<Session>, held: { email: string | null; channels: Set<string> }): void {
    const user = this.accounts.get(held.email ?? "")?.user
    if (!user) return this.close(socket, 4401)
    held.channels.add(channel)
    const sessions = this.visible(user)
      .filter((session) => !channel.startsWith("session:") || channel === `session:${session.id}`)
      .filter((session) => !filters.tools || filters.tools.includes(session.tool))
    const truncated = sessions.length > this.most
    socket.say({ type: "subscribed", channel, cursor: `e:${this.cursor}`, sessions: sessions.slice(0, this.most), truncated })
  }

  private tell(session: Session): void {
    for (const [socket, { email, channels }] of this.sockets) {
      const user = this.accounts.get(email ?? "")?.user
      for (const channel of channels) {
        if (channel.startsWith("session:") && channel !== `session:${session.id}`) continue
        const cursor = `e:${++this.cursor}`
        if (user && (session.visibility !== "private" || session.user_id === user.id)) {
          socket.say({ type: "batch", frames: [{ type: "session_update", channel, cursor, data: { ...session, session_id: session.id } }] })
        } else {
          socket.say({ type: "session_update", channel, cursor, data: { session_id: session.id, version: session.version }, left: true })
        }
      }
    }
  }

  private close(socket: FakeSocket<Session>, code: number): void {
    this.sockets.delete(socket)
    socket.end(code)
  }
}
