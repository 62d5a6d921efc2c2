import type { AnalyticsOptions, BreakdownAnswer, SessionRow, TeamNumbers, TokenSums, TrendAnswer, UserNumbers } from "@/api/analytics"
import type { User } from "@/api/types"
import { addDays, dayIn, isDay, isWeekend, wallIn, weekdayOf } from "@/lib/zones"

import { failureOf, type Fact, type Use } from "./analytics-facts"
import { json, problem } from "./answers"

type Sums = Omit<TeamNumbers, "tz" | "as_of" | "previous">
type Dimension = "user" | "tool" | "model" | "project" | "tag"
const HOUR = 3_600_000
const PRIVATE = { key: "private", label: "Others' private sessions", private: true }
const MOST_A_PAGE = 25

interface Asked {
  from: number
  to: number
  tz: string
  query: URLSearchParams
  me: string
}

/** The numbers of a team, worked out anew from its sessions for every question, by the rules of the real server. */
export class FakeAnalytics {
  facts: Fact[] = []
  /** Below three people nobody's private sessions are counted. */
  private readonly enough = 3

  answer(method: string, path: string, user: User, query: URLSearchParams): Response | null {
    const [, what = "", id = ""] = /^\/api\/analytics\/([a-z]+)\/?(.*)$/.exec(path) ?? []
    if (method !== "GET" || what === "") return null
    const tz = query.get("tz") ?? "UTC"
    const asked = { from: bound(query.get("from"), tz), to: bound(query.get("to"), tz), tz, query, me: user.id }
    switch (what) {
      case "team":
        return json(200, this.team(asked))
      case "user":
        return id === user.id ? json(200, this.person(asked, user)) : problem(404, "not_found")
      case "trends":
        return json(200, this.trends(asked))
      case "breakdown":
        return json(200, this.breakdown(asked))
      case "sessions":
        return json(200, this.sessions(asked))
      case "options":
        return json(200, this.options(asked))
      case "export":
        return this.export(asked)
      default:
        return null
    }
  }

  /** What is counted: the reader's and the shared; others' private ones only un-narrowed and among enough people. */
  private counted(asked: Asked): { facts: Fact[]; excludes: boolean } {
    const used = this.facts.filter((fact) => within(fact, asked).length > 0 || begunIn(fact, asked))
    const narrowed = (["user_id", "tool", "model", "project", "tag"] as const).some((key) => asked.query.has(key))
    const others = !narrowed && new Set(used.map((fact) => fact.user)).size >= this.enough
    const facts = used.filter((fact) => (others || isShown(fact, asked.me)) && matches(fact, asked.query))
    return { facts, excludes: !others }
  }

  private figures(asked: Asked): Sums {
    const { facts, excludes } = this.counted(asked)
    const begun = facts.filter((fact) => begunIn(fact, asked))
    const uses = facts.flatMap((fact) => within(fact, asked))
    const tokens = sums(uses)
    const [cost, commits] = [costOf(uses), total(begun.map((fact) => fact.commits))]
    const members = new Set(begun.map((fact) => fact.user)).size
    return {
      from: iso(asked.from), to: iso(asked.to), excludes_private: excludes, sessions: begun.length, active_sessions: begun.length === 0 ? null : begun.length % 9, members, tokens,
      cost_usd: cost, cost_basis: "api_equivalent", unpriced_models: facts.some((fact) => fact.model === "qwen3-coder") ? ["qwen3-coder"] : [],
      average_health: mean(begun.map((fact) => fact.health)), sessions_per_member: ratio(begun.length, members), token_efficiency: ratio(tokens.output, tokens.total),
      output_per_uncached: ratio(tokens.output, (tokens.input ?? 0) + (tokens.cache_write ?? 0)), cost_per_commit: ratio(cost, commits), commits,
      tool_calls: total(begun.map((fact) => fact.toolCalls)), errors: total(begun.map((fact) => fact.errors)),
    }
  }

  private team(asked: Asked): TeamNumbers {
    return { ...this.figures(asked), tz: asked.tz, as_of: iso(Date.now()), previous: this.figures(before(asked)) }
  }

  private person(asked: Asked, user: User): UserNumbers {
    const of = (one: Asked) => {
      const mine = this.facts.filter((fact) => `user-${fact.user}` === user.id)
      const begun = mine.filter((fact) => begunIn(fact, one))
      const uses = mine.flatMap((fact) => within(fact, one))
      const graded = begun.map((fact) => gradeOf(fact.health))
      const count = (grade: string | null) => graded.filter((held) => held === grade).length
      return {
        from: iso(one.from), to: iso(one.to), sessions: begun.length, tokens: sums(uses), cost_usd: costOf(uses), average_duration_s: mean(begun.map((fact) => fact.durationS)),
        average_health: mean(begun.map((fact) => fact.health)), top_tags: [], insights_shared: begun.length === 0 ? 0 : 4,
        health_distribution: { good: count("good"), warning: count("warning"), critical: count("critical"), unknown: count(null) },
      }
    }
    return { ...of(asked), user_id: user.id, username: user.username, tz: asked.tz, as_of: iso(Date.now()), previous: of(before(asked)) }
  }

  private trends(asked: Asked): TrendAnswer {
    const { query } = asked
    const metric = query.get("metric") as TrendAnswer["metric"]
    const bucket = query.get("bucket") as TrendAnswer["bucket"]
    const group = query.get("group_by") as TrendAnswer["group_by"]
    const { facts, excludes } = this.counted(asked)
    const buckets = bucketsOf(asked, bucket)
    const ends = buckets.map((_, at) => buckets[at + 1] ?? asked.to)
    const row = (key: string, label: string, of: readonly Fact[], kind?: keyof Use) => {
      const values = buckets.map((from, at) => (from > Date.now() ? null : measure(metric, of, { ...asked, from, to: ends[at] ?? asked.to }, kind)))
      return { key, label, private: key === PRIVATE.key, values, total: metric === "health" ? mean(values) : total(values) }
    }
    const kinds = ["input", "output", "cache_read", "cache_write"] as const
    const series =
      group === null ? [row("all", "All", facts)]
      : group === "kind" ? kinds.map((kind) => row(kind, kind, facts, kind))
      : grouped(facts, group, asked.me).map(({ key, label, of }) => row(key, label, of))
    return {
      metric, bucket, group_by: group, tz: asked.tz, as_of: iso(Date.now()), from: iso(asked.from), to: iso(asked.to), buckets: buckets.map(iso), unfinished: asked.to > Date.now(), series, excludes_private: excludes,
      peak_hours: { metric, values: heatOf(metric, facts, asked) }, error_patterns: patterns(facts.filter((fact) => begunIn(fact, asked) && isShown(fact, asked.me))),
    }
  }

  private breakdown(asked: Asked): BreakdownAnswer {
    const by = asked.query.get("by") as Dimension
    const { facts, excludes } = this.counted(asked)
    const share = (of: readonly Fact[]) => {
      const begun = of.filter((fact) => begunIn(fact, asked))
      const uses = of.flatMap((fact) => within(fact, asked))
      return { sessions: begun.length, tokens: sums(uses), cost_usd: costOf(uses), average_health: mean(begun.map((fact) => fact.health)), errors: total(begun.map((fact) => fact.errors)) }
    }
    const items = grouped(facts, by, asked.me).map(({ key, label, of }) => ({ key, label, private: key === PRIVATE.key, ...share(of) }))
    return { by, from: iso(asked.from), to: iso(asked.to), tz: asked.tz, as_of: iso(Date.now()), items, total: share(facts), excludes_private: excludes }
  }

  private rows(asked: Asked): SessionRow[] {
    const shown = this.counted(asked).facts.filter((fact) => isShown(fact, asked.me))
    const rows = shown.map((fact): SessionRow => {
      const uses = within(fact, asked)
      return {
        id: fact.id, title: fact.title, user_id: `user-${fact.user}`, username: fact.user, tool: fact.tool, project: fact.project, repository: `harbour/${fact.project}`,
        model: fact.model, status: "ended", visibility: fact.isPrivate ? "private" : "team", tags: fact.tags, started_at: iso(fact.begun),
        last_activity_at: iso(fact.begun + fact.durationS * 1000), duration_s: fact.durationS, health_score: fact.health, grade: gradeOf(fact.health),
        tokens: sums(uses), cost_usd: costOf(uses), errors: fact.errors, commits: fact.commits,
      }
    })
    const sort = asked.query.get("sort") ?? "-tokens"
    const sign = sort.startsWith("-") ? -1 : 1
    const value = (row: SessionRow) =>
      ({ tokens: row.tokens.total, cost: row.cost_usd, duration: row.duration_s, health: row.health_score, started_at: Date.parse(row.started_at ?? ""), last_activity_at: Date.parse(row.last_activity_at ?? "") })[
        sort.replace("-", "")
      ] ?? 0
    return rows.sort((a, b) => sign * (value(a) - value(b)) || a.id.localeCompare(b.id))
  }

  private sessions(asked: Asked) {
    const rows = this.rows(asked)
    const at = Number(asked.query.get("cursor") ?? 0)
    const next = at + MOST_A_PAGE
    return { items: rows.slice(at, next), next_cursor: next < rows.length ? String(next) : null, excludes_private: this.counted(asked).excludes }
  }

  private options(asked: Asked): AnalyticsOptions {
    const facts = this.facts.filter((fact) => isShown(fact, asked.me) && begunIn(fact, asked))
    const several = (values: string[]) => [...new Set(values)].sort()
    return {
      users: several(facts.map((fact) => fact.user)).map((username) => ({ id: `user-${username}`, username })),
      tools: several(facts.map((fact) => fact.tool)), projects: several(facts.map((fact) => fact.project)), models: several(facts.map((fact) => fact.model)),
      tags: several(facts.flatMap((fact) => fact.tags)),
    }
  }

  private export(asked: Asked): Response {
    const rows = this.rows(asked)
    if (asked.query.get("format") === "json") return json(200, rows)
    const lines = rows.map((row) => [row.id, row.username, row.tokens.total].join(","))
    return new Response(["id,username,total", ...lines].join("\r\n"), { headers: { "Content-Type": "text/csv" } })
  }
}

function bound(text: string | null, tz: string): number {
  if (text === null) return Date.now()
  if (!isDay(text)) return Date.parse(text)
  const guess = Date.parse(text)
  const hours = Array.from({ length: 105 }, (_, quarter) => guess + (quarter - 56) * (HOUR / 4))
  return hours.find((instant) => dayIn(tz, instant) === text) ?? guess
}

function before({ from, to, ...rest }: Asked): Asked {
  return { ...rest, from: from - (to - from), to: from }
}

function bucketsOf({ from, to, tz, query }: Asked, bucket: TrendAnswer["bucket"]): number[] {
  if (bucket === "hour") return Array.from({ length: Math.ceil((to - from) / HOUR) }, (_, hour) => from + hour * HOUR)
  const first = bucket === "day" ? dayIn(tz, from) : addDays(dayIn(tz, from), -weekdayOf(dayIn(tz, from)))
  const step = bucket === "day" ? 1 : 7
  const days: number[] = []
  for (let day = first; bound(day, tz) < to; day = addDays(day, step)) if (query.get("weekends") !== "false" || bucket === "week" || !isWeekend(day)) days.push(bound(day, tz))
  return days
}

function isShown(fact: Fact, me: string): boolean {
  return !fact.isPrivate || `user-${fact.user}` === me
}

function begunIn(fact: Fact, { from, to, tz, query }: Asked): boolean {
  return from <= fact.begun && fact.begun < to && (query.get("weekends") !== "false" || !isWeekend(dayIn(tz, fact.begun)))
}

function within(fact: Fact, { from, to, tz, query }: Asked): Use[] {
  return fact.usage.filter((use) => from <= use.at && use.at < to && (query.get("weekends") !== "false" || !isWeekend(dayIn(tz, use.at))))
}

function matches(fact: Fact, query: URLSearchParams): boolean {
  const any = (key: string, ...values: string[]) => !query.has(key) || query.getAll(key).some((value) => values.includes(value))
  return any("user_id", `user-${fact.user}`) && any("tool", fact.tool) && any("model", fact.model) && any("project", fact.project) && any("tag", ...fact.tags)
}

function grouped(facts: readonly Fact[], by: Dimension, me: string): { key: string; label: string; of: Fact[] }[] {
  const groups = new Map<string, { key: string; label: string; of: Fact[] }>()
  for (const fact of facts) {
    const shown = isShown(fact, me)
    if (!shown && by === "tag") continue
    const keys = by === "tag" ? fact.tags : [by === "user" ? `user-${fact.user}` : fact[by]]
    for (const key of shown ? keys : [PRIVATE.key]) {
      const label = shown ? (by === "user" ? fact.user : key) : PRIVATE.label
      groups.set(key, { key, label, of: [...(groups.get(key)?.of ?? []), fact] })
    }
  }
  return [...groups.values()].sort((a, b) => a.label.localeCompare(b.label))
}

function measure(metric: TrendAnswer["metric"], facts: readonly Fact[], asked: Asked, kind?: keyof Use): number | null {
  const begun = facts.filter((fact) => begunIn(fact, asked))
  if (metric === "sessions") return begun.length
  if (metric === "errors") return total(begun.map((fact) => fact.errors))
  if (metric === "health") return mean(begun.map((fact) => fact.health))
  const uses = facts.flatMap((fact) => within(fact, asked))
  if (uses.length === 0) return 0
  return metric === "cost" ? costOf(uses) : kind ? total(uses.map((use) => use[kind])) : sums(uses).total
}

/** Seven days, Monday first, of 24 hours each. */
function heatOf(metric: TrendAnswer["metric"], facts: readonly Fact[], asked: Asked): number[][] {
  const rows = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0))
  const add = (at: number, value: number) => {
    const { day, hour } = wallIn(asked.tz, at)
    const row = rows[weekdayOf(day)]
    if (row) row[hour] = (row[hour] ?? 0) + value
  }
  const isOfUse = metric === "tokens" || metric === "cost"
  if (isOfUse) for (const use of facts.flatMap((fact) => within(fact, asked))) add(use.at, (metric === "cost" ? use.cost : sums([use]).total) ?? 0)
  else for (const fact of facts.filter((one) => begunIn(one, asked))) add(fact.begun, metric === "sessions" ? 1 : fact.errors)
  return rows
}

function patterns(facts: readonly Fact[]): TrendAnswer["error_patterns"] {
  const held = new Map<string, TrendAnswer["error_patterns"][number]>()
  for (const fact of facts.filter((one) => one.errors > 0)) {
    const failure = failureOf(fact)
    const key = Object.values(failure).join(" ")
    const one = held.get(key) ?? { ...failure, count: 0, sessions: 0, first_seen_at: iso(fact.begun), last_seen_at: iso(fact.begun), example_session_id: fact.id }
    const seen = [one.first_seen_at, one.last_seen_at, iso(fact.begun)].sort()
    held.set(key, { ...one, count: one.count + fact.errors, sessions: one.sessions + 1, first_seen_at: seen[0] ?? "", last_seen_at: seen.at(-1) ?? "" })
  }
  return [...held.values()].sort((a, b) => b.count - a.count)
}

function sums(uses: readonly Use[]): TokenSums {
  const of = (kind: "input" | "output" | "cache_read" | "cache_write") => total(uses.map((use) => use[kind]))
  const [input, output, cache_read, cache_write] = [of("input"), of("output"), of("cache_read"), of("cache_write")]
  return { input, output, cache_read, cache_write, reasoning: null, total: total([input, output, cache_read, cache_write]) }
}

function costOf(uses: readonly Use[]): number | null {
  const cost = total(uses.map((use) => use.cost))
  return cost === null ? null : Math.round(cost * 1_000_000) / 1_000_000
}

function total(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.round(((total(known) ?? 0) / known.length) * 10) / 10
}

function ratio(part: number | null, whole: number | null): number | null {
  return part === null || !whole ? null : part / whole
}

function gradeOf(health: number | null): SessionRow["grade"] {
  return health === null ? null : health >= 70 ? "good" : health >= 40 ? "warning" : "critical"
}

function iso(instant: number): string {
  return new Date(instant).toISOString()
}
