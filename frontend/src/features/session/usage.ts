import type { TimelineEvent, UsagePoint } from "@/api/types"

export { axisTicks } from "@/lib/axis"

/** The layer under the usage chart that decides: buckets, gaps, domain, ticks. It draws nothing. */

export const BUCKET_MS = 15 * 60_000
const MAX_BARS = 96
const MAX_TICKS = 5

export const KINDS = [
  { key: "input", label: "Input", colour: "var(--series-1)" },
  { key: "output", label: "Output", colour: "var(--series-2)" },
  { key: "cache_read", label: "Cache read", colour: "var(--series-3)" },
  { key: "cache_write", label: "Cache write", colour: "var(--series-4)" },
] as const

export type Kind = (typeof KINDS)[number]["key"]
export type Amounts = Record<Kind, number | null>

export interface UsageBar extends Amounts {
  /** Where the bar begins, in milliseconds. */
  from: number
  to: number
  context_used: number | null
  cost_usd: number | null
  /** The bar's time is not over yet: it will still grow. */
  open: boolean
}

/**
 * The points as bars of equal length over the whole time, the quarter hours of a long session put together. Where
 * nothing was recorded all is null: a gap, not a zero.
 */
export function prepareUsage(points: readonly (Omit<UsagePoint, "context_used"> & Partial<UsagePoint>)[], now: number): UsageBar[] {
  const sorted = [...points].sort((a, b) => a.at.localeCompare(b.at))
  const first = sorted[0]
  const last = sorted.at(-1)
  if (!first || !last) return []
  const start = floor(Date.parse(first.at), BUCKET_MS)
  const length = barLength(Date.parse(last.at) - start)
  const bars = new Map<number, UsageBar>()
  for (let from = start; from <= Date.parse(last.at); from += length) bars.set(from, gap(from, length, now))
  for (const point of sorted) {
    const from = start + floor(Date.parse(point.at) - start, length)
    bars.set(from, merge(bars.get(from) ?? gap(from, length, now), point))
  }
  return [...bars.values()]
}

/** The instants to name under the chart: at most five, on the bars. */
export function timeTicks(bars: readonly UsageBar[]): number[] {
  const step = Math.max(1, Math.ceil(bars.length / MAX_TICKS))
  return bars.filter((_, index) => index % step === 0).map((bar) => bar.from)
}

export interface Mark {
  /** The bar in whose time it lies. */
  from: number
  count: number
}

/** Where the context was compacted, on the bars. */
export function marksOf(bars: readonly UsageBar[], compactions: readonly Pick<TimelineEvent, "at">[]): Mark[] {
  const counts = new Map<number, number>()
  for (const { at } of compactions) {
    const instant = Date.parse(at)
    const bar = bars.find((one) => one.from <= instant && instant < one.to)
    if (bar) counts.set(bar.from, (counts.get(bar.from) ?? 0) + 1)
  }
  return [...counts].map(([from, count]) => ({ from, count })).sort((a, b) => a.from - b.from)
}

/** The context in use as a share of the window where that is known, else in tokens. */
export function contextOf(bar: UsageBar, window: number | null): number | null {
  if (bar.context_used === null) return null
  return window ? Math.round((bar.context_used / window) * 1000) / 10 : bar.context_used
}

export function sumOf(bar: Amounts, kinds: readonly Kind[]): number {
  return kinds.reduce((sum, kind) => sum + (bar[kind] ?? 0), 0)
}

/** The bars as a file for a spreadsheet; unknown is an empty cell. */
export function usageCsv(bars: readonly UsageBar[]): string {
  const head = ["from", "to", ...KINDS.map((kind) => kind.key), "context_used", "cost_usd"]
  const lines = bars.map((bar) =>
    [
      new Date(bar.from).toISOString(), new Date(bar.to).toISOString(), ...KINDS.map((kind) => bar[kind.key]), bar.context_used, bar.cost_usd,
    ].map((cell) => cell ?? ""),
  )
  return [head, ...lines].map((cells) => cells.join(",")).join("\r\n")
}

function barLength(rangeMs: number): number {
  const factor = [1, 2, 4, 8, 16, 48, 96].find((one) => rangeMs / (one * BUCKET_MS) < MAX_BARS)
  return (factor ?? Math.ceil(rangeMs / BUCKET_MS / MAX_BARS)) * BUCKET_MS
}

function merge(bar: UsageBar, point: Omit<UsagePoint, "context_used"> & Partial<UsagePoint>): UsageBar {
  const sums = Object.fromEntries(KINDS.map(({ key }) => [key, add(bar[key], point[key])])) as Amounts
  // With one part of unknown price the whole is unknown; an empty bar is no part.
  const cost_usd = bar.input === null ? point.cost_usd : sumOfKnown(bar.cost_usd, point.cost_usd)
  return { ...bar, ...sums, cost_usd, context_used: point.context_used ?? bar.context_used }
}

function gap(from: number, length: number, now: number): UsageBar {
  const nothing = { input: null, output: null, cache_read: null, cache_write: null, context_used: null, cost_usd: null }
  return { ...nothing, from, to: from + length, open: from + length > now }
}

function sumOfKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}

function add(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step
}
