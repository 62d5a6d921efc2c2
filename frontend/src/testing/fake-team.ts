import type { AuditEntry, Invite, Login, Member, Role, Team, TeamSettings, TeamSummary, User } from "@/api/types"

import { json, nothing, problem } from "./answers"
import { TEAM } from "./builders"
import { sending } from "./fake-mail"

export const SETTINGS: TeamSettings = {
  default_visibility: "private",
  timezone: "Europe/Berlin",
  token_limits: { per_session: null, per_member_day: null, per_team_month: null },
  health_thresholds: { warning: 70, critical: 40 },
  token_warning_percent: 90,
  retention_days: null,
  allow_public: false,
  health_weights: {},
  commands_allowed: ["close", "export", "refresh"],
  admin_commands: false,
  wall_names: "full",
  cost_limits: { per_session: null, per_member_day: null, per_team_month: null },
  prices: {},
  weekly_report: false,
  waiting_alert_minutes: 10,
  alert_cooldown_minutes: 10,
  notification_defaults: {},
  retention: {},
  capture_tier: "content",
}

type Body = Record<string, unknown>

/** Members, invitations, sign-ins and the audit log of the one team that the fake server knows in full. */
export class FakeTeam {
  name = TEAM.name
  version = 1
  settings = SETTINGS
  members: Member[] = []
  invites: Invite[] = []
  logins: Login[] = [aLogin("here", { current: true })]
  audit: AuditEntry[] = []
  others: TeamSummary[] = []
  private made = 0

  /** Takes in a person as a member, as their account says. */
  admit(user: User): void {
    if (user.role === null || this.members.some((one) => one.user_id === user.id)) return
    this.members.push({ user_id: user.id, username: user.username, email: user.email, role: user.role, joined_at: user.created_at })
  }

  detail(user: User): Team {
    return { id: TEAM.id, name: this.name, role: user.role ?? "viewer", created_at: "2026-03-02T08:00:00Z", settings: this.settings, version: this.version }
  }

  /** The answer to what concerns teams and sign-ins, null for any other route. */
  answer(method: string, path: string, user: User, body: Body, query: URLSearchParams, ifMatch: string | null): Response | null {
    if (path === "/api/teams" && method === "GET") return list([this.detail(user), ...this.others])
    if (path.startsWith("/api/auth/logins")) return this.answerLogins(method, path.split("/")[4])
    const [, , , team, part, id] = path.split("/")
    if (!path.startsWith("/api/teams/")) return null
    if (team !== TEAM.id || user.team_id !== TEAM.id) return problem(404, "not_found")
    if (part === undefined) return method === "PUT" ? this.change(user, body, ifMatch) : json(200, this.detail(user))
    if (part === "settings") return json(200, previewOf(body))
    if (part === "members") return this.answerMembers(method, id, user, body)
    if (user.role !== "admin") return problem(403, "forbidden", "Only an admin of the team may do this.")
    return part === "invites" ? this.answerInvites(method, id, body) : this.answerAudit(query)
  }

  invited(secret: unknown): Invite | undefined {
    return this.invites.find((one) => `secret-${one.id}` === secret)
  }

  /** The person as the invitation makes them; without one they stay who they are. */
  invitedAs(user: User, secret: unknown): User {
    const invite = this.invited(secret)
    return invite ? { ...user, team_id: TEAM.id, role: invite.role } : user
  }

  private change(user: User, body: Body, ifMatch: string | null): Response {
    if (user.role !== "admin") return problem(403, "forbidden", "Only an admin of the team may do this.")
    if (ifMatch !== null && ifMatch !== `"${this.version}"`) return problem(412, "changed", "It has been changed meanwhile.")
    this.name = (body.name as string | undefined) ?? this.name
    this.settings = { ...this.settings, ...(body.settings as Partial<TeamSettings> | undefined) }
    this.version += 1
    return json(200, this.detail(user))
  }

  private answerMembers(method: string, id: string | undefined, user: User, body: Body): Response {
    if (method === "GET") return list(this.members.map((one) => ({ ...one, email: user.role === "admin" ? one.email : null })))
    if (method === "POST") {
      const email = body.email as string
      const member: Member = { user_id: `user-${email.split("@")[0]}`, username: email.split("@")[0]!, email, role: body.role as Role, joined_at: new Date().toISOString() }
      this.members.push(member)
      return json(201, member)
    }
    const member = this.members.find((one) => one.user_id === id)
    if (!member) return problem(404, "not_found")
    const last = member.role === "admin" && this.members.filter((one) => one.role === "admin").length === 1
    if (last) return problem(409, "last_admin", "A team keeps an admin: make somebody else one first.")
    if (method === "DELETE") {
      this.members = this.members.filter((one) => one !== member)
      return nothing()
    }
    member.role = body.role as Role
    return json(200, member)
  }

  private answerInvites(method: string, id: string | undefined, body: Body): Response {
    if (method === "GET") return list(this.invites)
    if (method === "DELETE") {
      this.invites = this.invites.filter((one) => one.id !== id)
      return nothing()
    }
    const resent = this.invites.find((one) => one.id === id)
    const queued = resent || body.email ? { mail: sending({ state: "queued", at: new Date().toISOString() }) } : {}
    const invite = anInvite(`invite-${++this.made}`, { ...resent, state: "open", ...body, ...queued })
    this.invites = [invite, ...this.invites.filter((one) => one !== resent)]
    return json(resent ? 200 : 201, { ...invite, invite: `secret-${invite.id}`, url: `${window.location.origin}/invite#secret-${invite.id}` })
  }

  private answerAudit(query: URLSearchParams): Response {
    if (query.has("format")) return new Response("n,at\r\n", { headers: { "Content-Type": "text/csv" } })
    const actions = query.getAll("action")
    const found = this.audit.filter((entry) => actions.length === 0 || actions.includes(entry.action))
    const from = Number(query.get("cursor") ?? 0)
    const limit = Number(query.get("limit") ?? 50)
    return json(200, { items: found.slice(from, from + limit), next_cursor: from + limit < found.length ? String(from + limit) : null })
  }

  private answerLogins(method: string, id: string | undefined): Response {
    if (method === "GET") return list(this.logins)
    this.logins = this.logins.filter((one) => (id === undefined ? one.current : one.id !== id))
    return nothing()
  }
}

export function anInvite(id: string, part: Partial<Invite> = {}): Invite {
  const created_at = new Date(Date.now() - 3_600_000).toISOString()
  const expires_at = new Date(Date.now() + 6 * 86_400_000).toISOString()
  return { id, role: "member", created_by: "user-anna", created_at, expires_at, max_uses: 1, uses: 0, state: "open", email: null, mail: null, ...part }
}

export function aLogin(id: string, part: Partial<Login> = {}): Login {
  const label = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
  const times = { created_at: "2026-11-12T08:00:00Z", last_at: new Date(Date.now() - 240_000).toISOString(), expires_at: "2026-12-12T08:00:00Z" }
  return { id, label, current: false, ...times, ...part }
}

const DEEDS: [string, Record<string, unknown>][] = [
  ["login.begun", {}],
  ["member.role_changed", { from: "viewer", to: "member" }],
  ["invite.made", { role: "member", max_uses: 5 }],
  ["session.visibility_changed", { visibility: "team" }],
  ["token.made", { scopes: ["agent"] }],
  ["team.changed", { fields: ["settings"], settings: ["timezone"] }],
  ["member.joined", { role: "member" }],
]

/** What happened in a busy team, the newest first. */
export function anAuditLog(count: number): AuditEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const [action, details] = DEEDS[index % DEEDS.length]!
    const name = ["anna", "ben", "chiara"][index % 3]!
    return {
      n: count - index,
      at: new Date(Date.now() - index * 2_400_000).toISOString(),
      actor_id: `user-${name}`,
      actor_name: name,
      action,
      target: action === "member.role_changed" ? `user-${["ben", "dmitri"][index % 2]}` : null,
      details,
      hash: `${(index * 7919).toString(16).padStart(8, "0")}5e1d`.repeat(5),
    }
  })
}

/** The stricter the threshold, the more sessions change. */
function previewOf(body: Body) {
  const { warning } = body.health_thresholds as { warning: number }
  const changed = Math.min(200, Math.abs(Math.round((warning - 70) * 1.4)))
  const before = { good: 150, warning: 38, critical: 12 }
  return { sessions: 200, changed, grades: { before, after: { ...before, good: 150 - changed, warning: 38 + changed } }, alerts_per_week: { before: 4, after: 4 + Math.round((warning - 70) / 3) } }
}

function list(items: unknown[]): Response {
  return json(200, { items, next_cursor: null })
}
