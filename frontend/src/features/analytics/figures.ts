import { brief, full, type Unit } from "./units"

/** What stands in the first row: each number with its meaning, and how it has changed. */

export interface TeamFigures {
  sessions: number | null
  active_sessions: number | null
  tokens: { total: number | null }
  cost_usd: number | null
  average_health: number | null
  sessions_per_member: number | null
  token_efficiency: number | null
  output_per_uncached: number | null
  cost_per_commit: number | null
  commits: number | null
  tool_calls: number | null
  errors: number | null
}

export interface Figure {
  key: string
  label: string
  definition: string
  unit: Unit
  text: string
  exact: string
  change: Change | null
  /** The number of the period before, in full. */
  before: string
  /** What the number stands on, under it. */
  note: string
}

export interface Change {
  direction: "up" | "down" | "same"
  text: string
}

export interface Known<N> {
  key: string
  label: string
  definition: string
  unit: Unit
  value: (numbers: N) => number | null
  note?: (numbers: N) => string
}

const KNOWN: readonly Known<TeamFigures>[] = [
  {
    key: "tokens", label: "Tokens", unit: "tokens", value: (one) => one.tokens.total,
    definition: "Input, output, cache reads and cache writes together, counted once per model call and in the quarter of an hour in which they were used.",
  },
  {
    key: "cost", label: "Cost", unit: "money", value: (one) => one.cost_usd, note: () => "≈ API price",
    definition: "What these tokens would cost at API prices: the public ones, or the team’s own where it has set them. A subscription may be billed otherwise. Models without a known price are left out and named.",
  },
  {
    key: "sessions", label: "Sessions", unit: "count", value: (one) => one.sessions,
    definition: "Sessions that began in this time. One that began before and went on is not counted again; its tokens are.",
  },
  {
    key: "active", label: "Active sessions", unit: "count", value: (one) => one.active_sessions,
    definition: "Sessions that have not ended. For a time that is over: as it was when it was last measured in that time, each hour.",
  },
  {
    key: "health", label: "Average health", unit: "score", value: (one) => one.average_health, note: () => "of 100",
    definition: "The mean score, 0 to 100, of the sessions that began in this time and have one.",
  },
  {
    key: "per-member", label: "Sessions per developer", unit: "ratio", value: (one) => one.sessions_per_member,
    definition: "Sessions that began in this time, divided by the people who began at least one.",
  },
  {
    key: "efficiency", label: "Token efficiency", unit: "share", value: (one) => one.token_efficiency, note: () => "output ÷ total",
    definition: "Output tokens as a share of all tokens. Long contexts that are read from the cache again and again make it small without costing much: read it beside output per uncached token.",
  },
  {
    key: "uncached", label: "Output per uncached token", unit: "ratio", value: (one) => one.output_per_uncached, note: () => "output ÷ uncached",
    definition: "Output tokens divided by the tokens that no cache had: input and cache writes together.",
  },
  {
    key: "per-commit", label: "Cost per commit", unit: "money", value: (one) => one.cost_per_commit, note: (one) => (one.commits === null ? "" : `${brief(one.commits, "count")} commits`),
    definition: "The cost divided by the commits made in sessions that began in this time. Work without a commit is in it too.",
  },
  {
    key: "errors", label: "Failed tool calls", unit: "count", value: (one) => one.errors, note: (one) => (one.tool_calls === null ? "" : `of ${brief(one.tool_calls, "count")}`),
    definition: "Tool calls that failed, in sessions that began in this time: their reports do not say more exactly when.",
  },
]

/** All figures in their order; with `before` each one's change to the period before. */
export function figuresOf(now: TeamFigures, before: TeamFigures | null): Figure[] {
  return compared(KNOWN, now, before)
}

export function compared<N>(known: readonly Known<N>[], now: N, before: N | null): Figure[] {
  return known.map(({ key, label, definition, unit, value, note }) => ({
    key, label, definition, unit,
    text: brief(value(now), unit),
    exact: full(value(now), unit),
    change: before && changeOf(value(now), value(before)),
    before: full(before && value(before), unit),
    note: note?.(now) ?? "",
  }))
}

/** How a number has changed: in percent, as "new" from nothing, and not at all where one of both is unknown. */
export function changeOf(now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null
  if (now === before) return { direction: "same", text: "No change" }
  const direction = now > before ? "up" : "down"
  if (before === 0) return { direction, text: "From 0" }
  const share = Math.abs(now - before) / Math.abs(before)
  if (share >= 10) return { direction, text: `${Math.round(now / before)} times` }
  const percent = Math.round(share * 100)
  return { direction, text: percent === 0 ? "< 1 %" : `${percent} %` }
}
