import type { Session, SessionCommand, SignedIn, User } from "@/api/types"
import type { AlertFrame, ClientFrame, CommandFrame, DeletedFrame, InsightFrame, MemberFrame, NoticeFrame, PresenceFrame, ReadFrame, TeamFrame } from "@/lib/live/frames"

import { json, nothing, problem } from "./answers"
import { aUser, TEAM } from "./builders"
import { changeAccount, ownData, type Account } from "./fake-account"
import { FakeMail } from "./fake-mail"
import { FakeAnalytics } from "./fake-analytics"
import { FakeCommands } from "./fake-commands"
import { FakeInsights } from "./fake-insights"
import { FakeMachines } from "./fake-machines"
import { FakeNotices } from "./fake-notices"
import { FakePublic } from "./fake-public"
import { FakeSocket } from "./fake-socket"
import { answerSession } from "./fake-session"
import { FakeTeam } from "./fake-team"

type Subscribe = Extract<ClientFrame, { type: "subscribe" }>

type Unaddressed<F> = F extends unknown ? Omit<F, "channel"> : never
type News = Unaddressed<DeletedFrame | MemberFrame | TeamFrame | InsightFrame | NoticeFrame | ReadFrame | AlertFrame>

/** The server as the browser knows it, in memory: accounts, sessions, frames. Behaves as the API document says. */
export class FakeServer {
  readonly sessions = new Map<string, Session>()
  readonly accounts = new Map<string, Account>()
  readonly requests: string[] = []
  readonly agents = new FakeMachines()
  readonly team = new FakeTeam()
  readonly mail = new FakeMail(this.accounts)
  readonly commands = new FakeCommands((command) => this.tellCommand(command))
  readonly pages = new FakePublic()
  readonly paths = new Map<string, string[]>()
  readonly analytics = new FakeAnalytics()
  readonly insights = new FakeInsights((frame) => this.announce(frame))
  readonly notices = new FakeNotices((frame) => this.announce(frame))
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
    this.announce({ type: "session_deleted", data: { session_id: id } })
  }

  /** Tells every subscription. */
  announce(news: News): void {
    for (const [socket, { channels }] of this.sockets) {
      for (const channel of channels) socket.say({ ...news, channel, cursor: `e:${++this.cursor}` })
    }
  }

  /** Tells the page of a session that these people look at it, too. */
  look(id: string, ...people: string[]): void {
    const data = { session_id: id, people: people.map((name) => ({ user_id: `user-${name}`, username: name })) }
    this.tellPages(id, { type: "presence", channel: `session:${id}`, data })
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
    if (pathname.startsWith("/api/public/sessions/")) return this.pages.open(decodeURIComponent(pathname.split("/").at(-1) ?? ""), (id) => this.sessions.get(id))
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
        return json(200, { team_name: this.team.name, role: invite.role, expires_at: invite.expires_at, state: invite.state, email: invite.email })
      }
      default:
        return this.mail.answer(path, body)
    }
  }

  private answer(route: string, account: Account, body: Record<string, unknown>, query: URLSearchParams, ifMatch: string | null): Response {
    const [method = "", path = ""] = route.split(" ")
    const { user } = account
    const known =
      ownData(route, account) ??
      this.notices.answer(method, path, user, body, query, ifMatch) ??
      this.insights.answer(method, path, user, body, query, ifMatch) ??
      this.team.answer(method, path, user, body, query, ifMatch) ??
      this.analytics.answer(method, path, user, query)
    if (known) return known
    if (account.user.team_id === null && /\/api\/(sessions|agents)(\/|$)/.test(path)) return problem(403, "no_team")
    const [, id = "", part = ""] = /\/api\/sessions\/([^/]+)\/?(.*)$/.exec(route) ?? []
    if (id) return answerSession(this, { method, id: decodeURIComponent(id), part, user: account.user, body, query, ifMatch })
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
      default:
        return this.agents.answer(route, body) ?? problem(404, "not_found")
    }
  }

  private signIn(account: Account): SignedIn {
    this.cookie = account.user.email
    const token = `access-${this.requests.length}`
    this.access.set(token, account.user.email)
    return { access_token: token, token_type: "bearer", expires_in: 600, user: account.user }
  }

  /** What this person may see, in the order of the list. */
  visible(user: User): Session[] {
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

  private tellCommand(command: SessionCommand): void {
    const [id, cursor] = [command.session_id, `e:${++this.cursor}`]
    this.tellPages(id, { type: "command_result", channel: `session:${id}`, cursor, data: command })
  }

  private tellPages(id: string, frame: PresenceFrame | CommandFrame): void {
    for (const [socket, { channels }] of this.sockets) if (channels.has(`session:${id}`)) socket.say(frame)
  }

  private close(socket: FakeSocket<Session>, code: number): void {
    this.sockets.delete(socket)
    socket.end(code)
  }
}
