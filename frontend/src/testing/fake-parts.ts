import type { ChangedFile, Commit, EventKind, HealthFactor, Memory, Session, TimelineEvent, ToolWork, UsagePoint } from "@/api/types"

/** What a session's page asks for besides the session itself. */
export function partsOf(session: Session, query: URLSearchParams): Record<string, unknown> {
  return {
    health: { score: session.health?.score ?? null, grade: session.health?.grade ?? null, factors: factors(session), history: [] },
    usage: { items: usage(session), next_cursor: null },
    history: timeline(session, query),
    files: { items: files(session), next_cursor: null },
    commits: { items: commits(session), next_cursor: null },
    memories: { items: memories(session), next_cursor: null },
    tools: tools(session),
  }
}

function factors(session: Session): HealthFactor[] {
  if (!session.health) return []
  const { score } = session.health
  return [
    { name: "context_use", score: Math.max(0, score - 20), weight: 0.25, value: 0.78, explanation: "78 % of the window is in use." },
    { name: "errors", score: Math.max(0, score - 8), weight: 0.2, value: session.errors ?? 0, explanation: `${session.errors ?? 0} of ${session.tool_calls ?? 0} tool calls failed.` },
    { name: "compactions", score: 100, weight: 0.15, value: 0, explanation: "The context was never compacted." },
    { name: "activity", score: 100, weight: 0.15, value: 2, explanation: "It did something 2 min ago." },
    { name: "loops", score: 92, weight: 0.15, value: 2, explanation: "The longest repeat of one call is 2." },
    { name: "duration", score: 88, weight: 0.1, value: 110, explanation: "It has run for 1 h 50 min." },
  ]
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

function timeline(session: Session, query: URLSearchParams) {
  const all = Array.from({ length: 70 }, (_, index): TimelineEvent => {
    const step = STEPS[index % STEPS.length]!
    return {
      id: `event-${index}`,
      at: new Date(Date.now() - index * 97_000).toISOString(),
      kind: step.kind,
      lane: null,
      name: step.name ?? null,
      outcome: step.outcome ?? null,
      category: step.category ?? null,
      duration_ms: step.kind === "tool" ? 120 + index * 77 : null,
      tokens: step.kind === "answer" ? 1_200 + index * 31 : null,
      context_used: null,
      detail: step.detail ?? null,
    }
  }).filter((event) => session.tool !== "opencode" && (query.get("kind") ?? event.kind) === event.kind)
  const from = Number(query.get("cursor") ?? 0)
  const limit = Number(query.get("limit") ?? 50)
  return { items: all.slice(from, from + limit), next_cursor: from + limit < all.length ? String(from + limit) : null }
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
    subject: ["Retry a payment that timed out, once", "Say why a payment was refused", "Test the retry"][index % 3]!,
    at: new Date(Date.now() - (index + 1) * 1_500_000).toISOString(),
  }))
}

function memories(session: Session): Memory[] {
  if (session.tool !== "claude-code") return []
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
        ? [{ number: 482, url: "https://git.example/harbour/shop-api/pull/482", repository: "harbour/shop-api", at: "2026-11-22T08:00:00Z" }]
        : [],
    subagents: [
      {
        id: "sub-1", kind: "Explore", model: "claude-haiku-4-5", status: "completed", tool_calls: 14, tokens: 48_211,
        started_at: "2026-11-22T07:00:00Z", last_activity_at: "2026-11-22T07:04:00Z",
      },
    ],
  }
}
