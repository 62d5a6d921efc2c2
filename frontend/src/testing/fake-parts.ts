import type { ChangedFile, Commit, EventKind, HealthFactor, Memory, Session, TimelineEvent, ToolWork, UsagePoint } from "@/api/types"

/** What a session's page asks for besides the session itself. */
export function partsOf(session: Session, query: URLSearchParams): Record<string, unknown> {
  return {
    health: { score: session.health?.score ?? null, grade: session.health?.grade ?? null, factors: factors(session), history: session.health ? history(session.health.score) : [] },
    usage: { items: usage(session), next_cursor: null },
    history: timeline(session, query),
    files: { items: session.tier === "counts" ? [] : files(session), next_cursor: null },
    commits: { items: commits(session), next_cursor: null },
    memories: { items: memories(session), next_cursor: null },
    tools: tools(session),
  }
}

const OPENED = Date.now()
const ago = (ms: number) => new Date(OPENED - ms).toISOString()

function factors(session: Session): HealthFactor[] {
  if (!session.health) return []
  const { score } = session.health
  const source = (id: number, kind: EventKind) => ({ id: `event-${id}`, at: ago(id * 97_000), kind })
  const list: HealthFactor[] = [
    { name: "context", score: Math.max(0, score - 20), weight: 25, value: 0.78, explanation: "Context 78 % full", event: source(0, "tool") },
    { name: "tool_failures", score: Math.max(0, score - 8), weight: 20, value: 0.12, explanation: `${session.errors ?? 0} of ${session.tool_calls ?? 0} tool calls failed.`, event: source(1, "tool") },
    { name: "errors", score: 80, weight: 15, value: 1, explanation: "1 failed model call", event: source(207, "api_error") },
    { name: "compactions", score: 80, weight: 10, value: 1, explanation: "Context compacted 1 time", event: source(5, "compaction") },
    { name: "activity", score: 100, weight: 10, value: 2, explanation: "Quiet for 2 min", event: null },
    { name: "loops", score: 100, weight: 10, value: 2, explanation: "Same call 2 times in a row", event: null },
    { name: "duration", score: 100, weight: 10, value: 1.8, explanation: "1.8 hours of work", event: null },
  ]
  return list
}

function history(score: number): { at: string; score: number }[] {
  return Array.from({ length: 20 }, (_, index) => ({
    at: ago((20 - index) * 900_000),
    score: Math.min(100, Math.max(0, score + (index === 19 ? 0 : 12 - index + ((index * 37) % 9)))),
  }))
}

function usage(session: Session): UsagePoint[] {
  const start = Math.floor((Date.now() - 5 * 3_600_000) / 900_000) * 900_000
  return Array.from({ length: 21 }, (_, index) => index)
    .filter((index) => index < 8 || index > 11)
    .map((index) => {
      const total = (session.tokens.total ?? 0) * (0.02 + ((index * 37) % 11) / 140)
      return {
        at: new Date(start + index * 900_000).toISOString(),
        input: Math.round(total * 0.06),
        output: Math.round(total * 0.04),
        cache_read: Math.round(total * 0.78),
        cache_write: Math.round(total * 0.12),
        context_used: 20_000 + index * 6_000,
        cost_usd: Math.round(total * 1.7) / 1_000_000,
      }
    })
}

const STEPS: { kind: EventKind; name?: string; detail?: string; outcome?: TimelineEvent["outcome"]; category?: string }[] = [
  { kind: "tool", name: "Edit", detail: "services/payments/retry.py", outcome: "ok" },
  { kind: "tool", name: "Bash", outcome: "failed", category: "command_failed" },
  { kind: "answer" },
  { kind: "tool", name: "Read", detail: "services/payments/client.py", outcome: "ok" },
  { kind: "commit", detail: "Retry a payment that timed out, once" },
  { kind: "compaction" },
  { kind: "tool", name: "Grep", outcome: "ok" },
  { kind: "api_error", category: "overloaded" },
  { kind: "subagent", name: "Explore" },
  { kind: "prompt" },
]

/** Far enough back that it takes a second page. */
const STEPS_MADE = 260

function timeline(session: Session, query: URLSearchParams) {
  const all = Array.from({ length: session.tool === "opencode" ? 0 : STEPS_MADE }, (_, index): TimelineEvent => {
    const made = STEPS[index % STEPS.length]!
    const step = made.kind === "compaction" && index % 60 !== 5 ? STEPS[0]! : made
    const named = session.tier !== "counts"
    return {
      id: `event-${index}`,
      at: ago(index * 97_000),
      kind: step.kind,
      lane: laneOf(index, step.kind),
      name: step.name ?? null,
      outcome: step.outcome ?? null,
      category: step.category ?? null,
      duration_ms: step.kind === "tool" ? 120 + index * 77 : null,
      tokens: step.kind === "answer" ? 1_200 + index * 31 : step.kind === "compaction" ? 168_000 : null,
      context_used: null,
      detail: named ? (step.detail ?? null) : null,
    }
  }).filter((event) => query.getAll("kind").length === 0 || query.getAll("kind").includes(event.kind))
  const from = Number(query.get("cursor") ?? 0)
  const limit = Number(query.get("limit") ?? 50)
  return { items: all.slice(from, from + limit), next_cursor: from + limit < all.length ? String(from + limit) : null }
}

/** Two sub-agents at work, at times at the same time. */
function laneOf(index: number, kind: EventKind): string | null {
  if (kind !== "tool" && kind !== "answer") return null
  if (index >= 3 && index < 19 && index % 2 === 0) return "sub-1"
  return index >= 9 && index < 26 && index % 2 === 1 ? "sub-2" : null
}

function files(session: Session): ChangedFile[] {
  const paths = ["services/payments/retry.py", "services/payments/client.py", "tests/payments/test_retry.py", "docs/payments.md"]
  return Array.from({ length: session.files_changed ?? 0 }, (_, index) => ({
    path: index < paths.length ? (paths[index]!) : `services/orders/handlers/handler_${index}.py`,
    change: index === 2 ? "added" : "updated",
    edits: 1 + (index % 4),
    added: 3 + ((index * 17) % 90),
    removed: (index * 7) % 40,
    last_at: new Date(Date.now() - index * 200_000).toISOString(),
  }))
}

function commits(session: Session): Commit[] {
  return Array.from({ length: session.commits ?? 0 }, (_, index) => ({
    sha: `9f3c2a${index}7d41b8e05c6f1a2b3c4d5e6f708192a3`,
    branch: session.branch,
    subject: session.tier === "counts" ? null : ["Retry a payment that timed out, once", "Say why a payment was refused", "Test the retry"][index % 3]!,
    at: new Date(Date.now() - (index + 1) * 1_500_000).toISOString(),
  }))
}

function memories(session: Session): Memory[] {
  if (session.tool !== "claude-code" || session.tier === "counts") return []
  return [
    { name: "CLAUDE.md", scope: "project", bytes: 4_120, lines: 96, modified_at: "2026-11-10T09:00:00Z" },
    { name: "~/.claude/CLAUDE.md", scope: "user", bytes: 830, lines: 22, modified_at: "2026-09-01T09:00:00Z" },
  ]
}

function tools(session: Session): ToolWork {
  const failed = session.errors ?? 0
  return {
    tools: [
      { name: "Bash", calls: 21, errors: failed },
      { name: "Edit", calls: 12, errors: 0 },
      { name: "Read", calls: 34, errors: 0 },
      { name: "Grep", calls: 9, errors: 0 },
    ],
    error_categories: failed > 0 ? { command_failed: failed } : {},
    pull_requests:
      (session.commits ?? 0) > 1
        ? [{ number: 482, url: `https://github.com/${session.repository}/pull/482`, repository: session.repository, at: "2026-11-22T08:00:00Z" }]
        : [],
    subagents: ["Explore", "Review"].map((kind, index) => ({
      id: `sub-${index + 1}`, kind, model: "claude-haiku-4-5", status: "completed", tool_calls: 14 - index * 5, tokens: 48_211 - index * 9_000,
      started_at: "2026-11-22T07:00:00Z", last_activity_at: "2026-11-22T07:04:00Z",
    })),
  }
}
