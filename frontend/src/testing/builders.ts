import type { ApiToken, Grade, Machine, Session, SessionCommand, Status, User } from "@/api/types"

/** Small believable things for tests and for looking at the pages without a server. */

export const TEAM = { id: "team-1", name: "Harbour" }

export function aUser(part: Partial<User> = {}): User {
  return {
    id: "user-anna",
    email: "anna@harbour.example",
    username: "anna",
    team_id: TEAM.id,
    role: "member",
    created_at: "2026-03-02T08:00:00Z",
    last_login: null,
    ...part,
  }
}

export function aToken(body: Record<string, unknown>, number: number): ApiToken {
  return {
    id: `token-${number}`,
    name: String(body.name),
    scopes: body.scopes as ApiToken["scopes"],
    created_at: new Date().toISOString(),
    expires_at: (body.expires_at as string | undefined) ?? "2027-11-22T00:00:00Z",
  }
}

export function aMachine(part: Partial<Machine> = {}): Machine {
  return {
    id: "m1", hostname: "anna-mbp", user_id: "user-anna", username: "anna", os: "macOS 15.2", version: "0.1.0",
    last_seen_at: new Date().toISOString(), online: true, commands: ["close", "export", "refresh"], admin_commands: false,
    ...part,
  }
}

export function aCommand(part: Partial<SessionCommand> = {}): SessionCommand {
  return {
    id: "command-1", session_id: "one", kind: "refresh", status: "pending", note: "waits for anna-mbp; expires in 10 min",
    asked_by: "user-anna", asked_by_name: "anna", asked_as: "owner", hostname: "anna-mbp", machine_online: true,
    created_at: "2026-11-22T08:00:00Z", expires_at: "2026-11-22T08:10:00Z", sent_at: null, started_at: null, ended_at: null, result: null,
    ...part,
  }
}

let made = 0

export function aSession(part: Partial<Session> = {}): Session {
  const number = ++made
  const now = new Date().toISOString()
  return {
    id: `session-${number}`,
    native_id: `0b5c${number}-native`,
    tool: "claude-code",
    tool_version: "2.1.9",
    title: `Session ${number}`,
    project: "shop-api",
    repository: "harbour/shop-api",
    branch: "main",
    hostname: "anna-mbp",
    user_id: "user-anna",
    username: "anna",
    model: "claude-sonnet-4-5-20250929",
    status: "active",
    status_reason: null,
    visibility: "team",
    team_id: TEAM.id,
    shared_at: null,
    parent_id: null,
    agent_id: null,
    version: 1,
    tags: [],
    note: null,
    health: healthOf(86),
    tokens: {
      input: 41_210,
      output: 18_400,
      cache_read: 1_096_011,
      cache_write: 78_946,
      reasoning: null,
      total: 1_234_567,
      context_used: 92_000,
      context_window: 200_000,
    },
    cost_usd: 1.234567,
    cost_basis: "api_equivalent",
    provenance: "exact",
    incomplete_calls: 0,
    unpriced_models: [],
    messages: { user: 6, assistant: 41 },
    tool_calls: 38,
    errors: 0,
    refusals: 0,
    api_errors: 0,
    compactions: 0,
    files_changed: 4,
    commits: 1,
    tier: "metadata",
    demo: false,
    started_at: new Date(Date.now() - 50 * 60_000).toISOString(),
    last_activity_at: now,
    ended_at: null,
    updated_at: now,
    ...part,
  }
}

export function healthOf(score: number, reason?: string) {
  const grade: Grade = score >= 70 ? "good" : score >= 40 ? "warning" : "critical"
  const reasons: Record<Grade, string> = { good: "nothing stands out", warning: "context 78 % full", critical: "6 tool failures in a row" }
  return { score, grade, top_reason: reason ?? reasons[grade] }
}

const PEOPLE = ["anna", "ben", "chiara", "dmitri", "elif", "farah", "goran", "hana"]
const TITLES = [
  "Retry payments that time out", "Split the checkout form", "Find the slow query in /orders", "Migrate to the new mail templates",
  "Flaky test in basket_spec", "Typed settings instead of a dict", "Upgrade to PostgreSQL 17", "Explain the cache headers",
  "Draw the delivery map with fewer tiles", "Remove the old coupon code",
]
const REPOSITORIES = ["harbour/shop-api", "harbour/web", "harbour/mail", "harbour/infra"]
const BRANCHES = ["main", "retry-payments", "fix/flaky-basket", "feature/typed-settings"]
const TOOLS: { tool: Session["tool"]; model: string; window: number }[] = [
  { tool: "claude-code", model: "claude-opus-4-5-20251101", window: 200_000 },
  { tool: "codex", model: "gpt-5.1-codex", window: 272_000 },
  { tool: "gemini", model: "gemini-2.5-pro", window: 1_048_576 },
  { tool: "claude-code", model: "claude-sonnet-4-5-20250929", window: 200_000 },
  { tool: "opencode", model: "qwen3-coder", window: 262_144 },
]
const STATUSES: Status[] = ["active", "idle", "active", "ended", "waiting", "active", "idle", "error", "ended", "active"]
const REASONS: Record<Status, string | null> = {
  active: "running a tool",
  waiting: "asks to run a command",
  idle: null,
  error: "the model could not be reached",
  ended: null,
}

/** A team at work: `count` sessions, the same ones every time. */
export function aTeamAtWork(count: number): Session[] {
  return Array.from({ length: count }, (_, index) => {
    const username = pick(PEOPLE, index * 3)
    const { tool, model, window } = pick(TOOLS, index * 7)
    const status = pick(STATUSES, index * 3 + (index >> 2))
    const used = Math.round(window * (((index * 37) % 97) / 100))
    const total = 40_000 + ((index * 791_117) % 9_000_000)
    const quiet = status === "ended" ? 90 + index * 11 : status === "idle" ? 12 + index * 5 : index % 7
    return aSession({
      id: `demo-${index}`,
      title: index % 11 === 10 ? null : pick(TITLES, index),
      user_id: `user-${username}`,
      username,
      tool,
      model,
      status,
      status_reason: REASONS[status],
      agent_id: username === "anna" ? "m1" : username === "ben" ? "m2" : null,
      hostname: username === "anna" ? "anna-mbp" : `${username}-box`,
      repository: pick(REPOSITORIES, index * 5),
      branch: pick(BRANCHES, index * 3),
      visibility: username === "anna" && index % 3 === 0 ? "private" : "team",
      tags: index % 2 === 0 ? ["backend"] : ["frontend", "urgent"].slice(0, (index % 3) + 0),
      health: index % 13 === 12 ? null : healthOf(98 - ((index * 29) % 74)),
      tokens: {
        input: Math.round(total * 0.03),
        output: Math.round(total * 0.02),
        cache_read: Math.round(total * 0.87),
        cache_write: Math.round(total * 0.08),
        reasoning: null,
        total,
        context_used: used,
        context_window: window,
      },
      cost_usd: model.startsWith("qwen") ? null : Math.round(total * 1.7) / 1_000_000,
      unpriced_models: model.startsWith("qwen") ? [model] : [],
      incomplete_calls: index % 9 === 4 ? 3 : 0,
      errors: index % 4 === 0 ? 0 : (index * 5) % 17,
      files_changed: (index * 3) % 23,
      commits: index % 4,
      started_at: new Date(Date.now() - (quiet + 60 + (index % 5) * 40) * 60_000).toISOString(),
      last_activity_at: new Date(Date.now() - quiet * 60_000).toISOString(),
      ended_at: status === "ended" ? new Date(Date.now() - quiet * 60_000).toISOString() : null,
      // One machine in the team keeps all names to itself.
      ...(index === 7 ? { tier: "counts" as const, title: null, project: null, repository: null, branch: null } : {}),
    })
  })
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T
}
