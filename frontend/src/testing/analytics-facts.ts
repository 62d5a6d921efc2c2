import type { SessionRow } from "@/api/analytics"

/** Sessions of a team over four months, the same ones every time but for the day they are looked at. */

export interface Fact {
  id: string
  title: string
  user: string
  tool: SessionRow["tool"]
  model: string
  project: string
  tags: string[]
  begun: number
  durationS: number
  health: number | null
  isPrivate: boolean
  toolCalls: number
  errors: number
  commits: number
  usage: Use[]
}

export interface Use {
  at: number
  input: number
  output: number
  cache_read: number
  cache_write: number
  cost: number | null
}

export const PEOPLE = ["anna", "ben", "chiara", "dmitri", "elif"]
const TOOLS = [
  { tool: "claude-code", model: "claude-opus-4-5-20251101", price: 6 },
  { tool: "codex", model: "gpt-5.1-codex", price: 3 },
  { tool: "claude-code", model: "claude-sonnet-4-5-20250929", price: 2 },
  { tool: "gemini", model: "gemini-2.5-pro", price: 1.5 },
  { tool: "opencode", model: "qwen3-coder", price: null },
] as const
const PROJECTS = ["shop-api", "web", "mail", "infra", "search", "docs", "mobile", "billing", "data"]
const TAGS = ["backend", "frontend", "urgent", "tests", "refactoring", "docs", "migration", "flaky", "performance", "security", "spike"]
const TITLES = ["Retry payments that time out", "Split the checkout form", "Find the slow query in /orders", "Typed settings instead of a dict", "Upgrade to PostgreSQL 17", "Flaky test in basket_spec"]
const HOUR = 3_600_000
const QUARTER = HOUR / 4
export const CATEGORIES = ["exit_code", "timeout", "not_found", "permission_denied"]
const FAILING = ["Bash", "Edit", "WebFetch"]

export function someFacts(now: number, days = 110): Fact[] {
  const today = Math.floor(now / (24 * HOUR)) * 24 * HOUR
  return Array.from({ length: days * 3 }, (_, n) => aFact(n, today - Math.floor(n / 3) * 24 * HOUR)).filter((fact): fact is Fact => fact !== null && fact.begun < now)
}

function aFact(n: number, day: number): Fact | null {
  const isWeekend = [0, 6].includes(new Date(day).getUTCDay())
  if (isWeekend && n % 5 !== 0) return null
  const { tool, model, price } = pick(TOOLS, n * 7 + (n >> 3))
  const begun = day + (7 + ((n * 5) % 11)) * HOUR + ((n * 13) % 4) * QUARTER
  const size = 300_000 + ((n * 791_117) % 5_000_000)
  const steps = 2 + (n % 7)
  const usage = Array.from({ length: steps }, (_, step): Use => {
    const total = Math.round(size / steps)
    return {
      at: begun + step * QUARTER, input: Math.round(total * 0.03), output: Math.round(total * 0.02), cache_read: Math.round(total * 0.87), cache_write: Math.round(total * 0.08),
      cost: price === null ? null : Math.round(total * price) / 1_000_000,
    }
  })
  return {
    id: `fact-${n}`, title: pick(TITLES, n), user: pick(PEOPLE, n * 3 + (n >> 2)), tool, model, project: pick(PROJECTS, (n * n) % 23), begun,
    tags: n % 3 === 0 ? [] : [pick(TAGS, (n * n) % 29), ...(n % 4 === 0 ? [pick(TAGS, n)] : [])].filter((tag, at, all) => all.indexOf(tag) === at),
    durationS: steps * 900 + (n % 9) * 60, health: n % 13 === 12 ? null : 98 - ((n * 29) % 64), isPrivate: n % 6 === 5,
    toolCalls: 20 + (n % 40), errors: n % 4 === 0 ? (n % 7) + 1 : 0, commits: n % 3, usage,
  }
}

/** Of a session that failed: which category, of which tool. */
export function failureOf(fact: Fact): { category: string; tool: string } {
  const n = Number(fact.id.slice("fact-".length))
  return { category: pick(CATEGORIES, n >> 2), tool: pick(FAILING, n >> 3) }
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T
}
