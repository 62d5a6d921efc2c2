import { mount } from "@/app/mount"
import { kept } from "@/lib/kept"

import { aSession, aTeamAtWork } from "./builders"
import { FakeServer } from "./fake-server"

/**
 * The whole application against the fake server, in the browser: `npm run dev:fake`. Scenarios by `?fake=`: full (also
 * `many`, a thousand sessions), empty, idle, error, offline, newcomer (nobody signed in).
 */
const scenario = new URLSearchParams(window.location.search).get("fake") ?? sessionStorage.getItem("fake") ?? "full"
sessionStorage.setItem("fake", scenario)

const server = new FakeServer()
if (scenario !== "newcomer") {
  server.remember()
  kept.setItem("signed-in", "1")
} else kept.removeItem("signed-in")

if (scenario !== "empty" && scenario !== "newcomer") {
  server.machines = [
    { id: "m1", hostname: "anna-mbp", user_id: "user-anna", username: "anna", os: "macOS 15.2", version: "0.1.0", last_seen_at: new Date().toISOString(), online: true },
    { id: "m2", hostname: "build-7", user_id: "user-ben", username: "ben", os: "Debian 12", version: "0.1.0", last_seen_at: new Date(Date.now() - 7_000_000).toISOString(), online: false },
  ]
  server.tokens = [
    { id: "t1", name: "Agent on anna-mbp", scopes: ["agent"], created_at: "2026-11-02T09:00:00Z", expires_at: "2027-11-02T09:00:00Z" },
    { id: "t2", name: "Nightly report", scopes: ["read"], created_at: "2026-10-11T09:00:00Z", expires_at: "2027-10-11T09:00:00Z" },
  ]
}
server.localAgent = scenario === "empty" || scenario === "newcomer"
if (scenario === "full") for (const session of aTeamAtWork(26)) server.put(session)
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
