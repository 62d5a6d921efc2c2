import { compared, type Figure, type Known } from "./figures"

export interface PersonNumbers {
  sessions: number | null
  tokens: { total: number | null }
  cost_usd: number | null
  average_duration_s: number | null
  average_health: number | null
  insights_shared: number | null
}

const KNOWN: readonly Known<PersonNumbers>[] = [
  {
    key: "sessions", label: "Sessions created", unit: "count", value: (one) => one.sessions,
    definition: "Your sessions that began in this time, private ones included.",
  },
  {
    key: "tokens", label: "Tokens", unit: "tokens", value: (one) => one.tokens.total,
    definition: "Input, output, cache reads and cache writes of your sessions together, in the quarter of an hour in which they were used.",
  },
  {
    key: "cost", label: "Cost", unit: "money", value: (one) => one.cost_usd, note: () => "≈ API price",
    definition: "What these tokens would cost at API prices: the public ones, or the team’s own where it has set them. A subscription may be billed otherwise.",
  },
  {
    key: "duration", label: "Average duration", unit: "duration", value: (one) => one.average_duration_s,
    definition: "The mean time from the first record of a session to its last, pauses included, of the sessions that began in this time.",
  },
  {
    key: "health", label: "Average health", unit: "score", value: (one) => one.average_health, note: () => "of 100",
    definition: "The mean score, 0 to 100, of your sessions that began in this time and have one.",
  },
  {
    key: "insights", label: "Insights shared", unit: "count", value: (one) => one.insights_shared,
    definition: "What you wrote down for the team in this time: learnings, patterns and recommendations.",
  },
]

export function personFigures(now: PersonNumbers, before: PersonNumbers | null): Figure[] {
  return compared(KNOWN, now, before)
}
