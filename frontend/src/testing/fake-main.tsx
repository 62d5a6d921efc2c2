import type { User } from "@/api/types"
import { mount } from "@/app/mount"
import { kept } from "@/lib/kept"

import { someFacts } from "./analytics-facts"
import { aMachine, aSession, aTeamAtWork, aUser } from "./builders"
import { sending } from "./fake-mail"
import { FakeServer } from "./fake-server"
import { aTeamsInsights, someComments } from "./insight-facts"
import { aWebhook, someAlerts, someDeliveries, someNotices } from "./notice-facts"
import { aLogin, anAuditLog, anInvite } from "./fake-team"

/**
 * The whole application against the fake server, in the browser: `npm run dev:fake`. Scenarios by `?fake=`: full (also
 * `many`, a thousand sessions), member (not an admin), empty, error, broken (all but the sign-in fails), offline,
 * stranger (in no team), busy (too many requests), newcomer (nobody signed in), silent (a server without mail),
 * uncounted (no numbers can be had).
 */
const scenario = new URLSearchParams(window.location.search).get("fake") ?? sessionStorage.getItem("fake") ?? "full"
sessionStorage.setItem("fake", scenario)

const PERSONS: Record<string, Partial<User>> = { member: { role: "member" }, stranger: { team_id: null, role: null } }
const user = aUser(PERSONS[scenario] ?? { role: "admin" })
const server = new FakeServer({ user, password: "correct horse" })
for (const [index, name] of ["ben", "chiara", "dmitri"].entries()) {
  const role = (["member", "admin", "viewer"] as const)[index] ?? "member"
  if (scenario !== "empty") server.join({ user: aUser({ id: `user-${name}`, username: name, email: `${name}@harbour.example`, role }), password: "x" })
}
server.mail.enabled = scenario !== "silent"
server.mail.resets.set("good", user.email)
const away = sending({ state: "queued", reason: "The mail server cannot be reached." })
const refused = sending({ state: "failed", reason: "The mail server refused this address (550)." })
server.team.invites = [
  anInvite("open", { max_uses: 5, uses: 2 }),
  anInvite("used", { role: "viewer", uses: 1, state: "used_up" }),
  anInvite("sent", { email: "nora@harbour.example", mail: sending() }),
  anInvite("waiting", { email: "olga@harbour.example", role: "viewer", mail: away }),
  anInvite("refused", { email: "a-rather-long-address-of-somebody@department.harbour.example", mail: refused }),
  anInvite("joined", { email: "dmitri@harbour.example", mail: sending(), uses: 1, state: "used_up" }),
  anInvite("late", { email: "pavel@harbour.example", mail: sending(), state: "expired" }),
]
if (scenario === "empty") server.team.invites = []
if (scenario !== "newcomer") {
  server.remember()
  kept.setItem("signed-in", "1")
} else kept.removeItem("signed-in")

if (scenario !== "empty" && scenario !== "newcomer") {
  server.agents.machines = [
    aMachine(),
    aMachine({ id: "m2", hostname: "build-7", user_id: "user-ben", username: "ben", os: "Debian 12", last_seen_at: new Date(Date.now() - 7_000_000).toISOString(), online: false }),
  ]
  server.agents.tokens = [
    { id: "t1", name: "Agent on anna-mbp", scopes: ["agent"], created_at: "2026-11-02T09:00:00Z", expires_at: "2027-11-02T09:00:00Z" },
    { id: "t2", name: "Nightly report", scopes: ["read"], created_at: "2026-10-11T09:00:00Z", expires_at: "2027-10-11T09:00:00Z" },
  ]
}
if (scenario === "full") {
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1"
  server.team.logins.push(aLogin("phone", { label: phone, last_at: new Date(Date.now() - 5 * 3_600_000).toISOString() }))
  server.team.audit = anAuditLog(70)
  server.team.others = [{ id: "team-2", name: "Lighthouse", role: "viewer", created_at: "2026-05-02T08:00:00Z" }]
}
if (scenario === "full" || scenario === "member") {
  server.insights.insights = aTeamsInsights(34)
  server.insights.comments.set("insight-1", someComments())
  server.notices.notices = someNotices(24)
  server.notices.alerts = someAlerts()
  server.notices.webhooks = [aWebhook(), aWebhook({ id: "webhook-2", kind: "generic", name: "Duty rota", url: "https://rota.harbour.example/hooks/agents", last_status: "failed" })]
  server.notices.deliveries = someDeliveries()
}
if (scenario === "broken") for (const path of ["/api/insights", "/api/notifications", "/api/alerts"]) server.failing.set(path, 503)
if (scenario === "broken") for (const path of ["/api/teams", "/api/agents", "/api/auth/logins", "/api/auth/tokens", "/api/auth/invites", "/api/auth/mail"]) server.failing.set(path, 503)
if (scenario === "uncounted") server.failing.set("/api/analytics", 503)
if (scenario === "full" || scenario === "member") server.analytics.facts = someFacts(Date.now())
if (scenario === "busy") server.failing.set("/api/teams/", 429)
server.agents.localAgent = scenario === "empty" || scenario === "newcomer"
if (scenario === "full") {
  for (const session of aTeamAtWork(26)) server.put(session)
  const [retry, rules] = ["app/payments/retry.py", "config/retry-rules.yaml"]
  server.paths.set("demo-16", [retry, rules]).set("demo-12", [retry, rules]).set("demo-6", ["src/letters.ts"]).set("demo-10", ["src/letters.ts"])
}
if (scenario === "many") for (const session of aTeamAtWork(1_000)) server.put(session)
if (scenario === "error") {
  server.reachable = false
  server.failing.set("/api/sessions", 503)
}
if (scenario === "offline") {
  for (const session of aTeamAtWork(26)) server.put(session)
  setTimeout(() => {
    server.reachable = false
    server.cutSockets()
  }, 1_500)
}

if (scenario === "full" || scenario === "many") {
  let turn = 0
  setInterval(() => {
    turn += 1
    server.look("demo-16", "ben", "chiara")
    const ids = [...server.sessions.keys()]
    for (const step of [0, 1, 2]) {
      const id = ids[(turn * 7 + step * 11) % ids.length]
      const session = id === undefined ? undefined : server.sessions.get(id)
      if (!id || session?.status !== "active") continue
      const tokens = { ...session.tokens, total: (session.tokens.total ?? 0) + 1_700, output: (session.tokens.output ?? 0) + 1_700 }
      server.change(id, { tokens, cost_usd: session.cost_usd === null ? null : session.cost_usd + 0.01, last_activity_at: new Date().toISOString() })
    }
  }, 1_000)
}

Object.assign(window, { fake: server, aSession })

mount({ origin: window.location.origin, fetch: server.fetch, openSocket: server.openSocket, storage: kept })
