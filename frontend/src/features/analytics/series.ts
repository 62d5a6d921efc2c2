import type { Cell } from "@/lib/csv"
import { percent } from "@/lib/format/numbers"

import { nameBuckets, onWeekend, type Named } from "./buckets"
import { ALL, OTHER, Palette, PRIVATE } from "./colours"
import type { Bucket } from "./search"
import { axisOf, full, type Unit } from "./units"

/** The layer under the charts over time that decides: which lines, which gaps, which colours. It draws nothing. */

export interface TrendAnswer {
  bucket: Bucket
  tz: string
  to: string
  as_of: string
  buckets: readonly string[]
  series: readonly Series[]
}

interface Series {
  key: string
  label: string
  /** Others' private sessions, all in one. */
  private: boolean
  values: readonly (number | null)[]
  total: number | null
}

export interface Line {
  key: string
  label: string
  colour: string
  total: number | null
  /** Of all that is shown, in whole percent; null where the numbers do not add up. */
  share: number | null
}

export interface Stretch extends Named {
  /** Where the next one begins; the range's end after the last. */
  next: string
  /** It is not over: its numbers will still grow. */
  open: boolean
  /** By line. Null is not known, and a gap; where anything at all is known of a stretch, what can be added is a zero. */
  values: Record<string, number | null>
}

export interface Trend {
  lines: Line[]
  stretches: Stretch[]
  unit: Unit
  /** Whether lines may be put upon each other: a mean may not. */
  adds: boolean
  isEmpty: boolean
}

export interface TrendOptions {
  unit: Unit
  palette: Palette
  name?: (key: string, label: string) => string
  /** Saturdays and Sundays are left out. */
  weekdays?: boolean
}

const MOST_LINES = 7

/** The server's answer as lines: the largest seven, the rest as "Other", others' private sessions last. */
export function prepareTrend(answer: TrendAnswer, { unit, palette, name = (_, label) => label, weekdays = false }: TrendOptions): Trend {
  const adds = unit !== "score"
  const own = answer.series.filter((one) => !one.private)
  const sorted = [...own].sort((a, b) => (b.total ?? 0) - (a.total ?? 0) || a.label.localeCompare(b.label))
  const isFixed = sorted.length <= MOST_LINES
  const shown = isFixed ? own : sorted.slice(0, MOST_LINES)
  const rest = isFixed ? [] : sorted.slice(MOST_LINES)
  const all = [
    ...shown.map((one) => ({ ...one, label: name(one.key, one.label) })),
    ...(rest.length > 0 && adds ? [fold(rest, answer.buckets.length)] : []),
    ...answer.series.filter((one) => one.private).map((one) => ({ ...one, key: PRIVATE })),
  ]
  const colours = palette.of([...sorted.map((one) => one.key).filter((key) => shown.some((one) => one.key === key)), OTHER, PRIVATE])
  const sum = adds ? all.reduce((held, one) => held + (one.total ?? 0), 0) : null
  const lines = all.map(({ key, label, total }) => ({ key, label, total, colour: colours.get(key) ?? "", share: percent(total, sum) }))
  const stretches = stretchesOf(answer, all, adds).filter((one) => !weekdays || !onWeekend(one.at, answer.bucket, answer.tz))
  return { lines, stretches, unit, adds, isEmpty: stretches.every((one) => lines.every(({ key }) => !one.values[key])) }
}

function fold(rest: readonly Series[], length: number): Series {
  const values = Array.from({ length }, (_, at) => sumOf(rest.map((one) => one.values[at] ?? null)))
  return { key: OTHER, label: `Other (${rest.length})`, private: false, values, total: sumOf(rest.map((one) => one.total)) }
}

function stretchesOf(answer: TrendAnswer, series: readonly Series[], adds: boolean): Stretch[] {
  const now = Date.parse(answer.as_of)
  return nameBuckets(answer.buckets, answer.bucket, answer.tz).map((named, at) => {
    const known = series.some((one) => one.values[at] != null)
    const values = series.map((one) => [one.key, one.values[at] ?? (adds && known ? 0 : null)] as const)
    const next = answer.buckets[at + 1] ?? answer.to
    return { ...named, next, open: Date.parse(named.at) <= now && now < Date.parse(next), values: Object.fromEntries(values) }
  })
}

/** The sum of what is known, null where nothing is. */
export function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}

/** The highest that will be drawn of these lines, upon each other or beside each other. */
export function highest({ stretches }: Trend, lines: readonly Line[], stacked: boolean): number {
  const tops = stretches.map(({ values }) => {
    const drawn = lines.map(({ key }) => values[key] ?? 0)
    return stacked ? drawn.reduce((sum, value) => sum + value, 0) : Math.max(0, ...drawn)
  })
  return Math.max(0, ...tops)
}

export function ticksOf(trend: Trend, lines: readonly Line[], stacked: boolean): number[] {
  return axisOf(highest(trend, lines, stacked), trend.unit)
}

/** What a chart shows, in one sentence for those who do not see it. */
export function spokenTrend(title: string, { lines, stretches, unit }: Trend): string {
  const totals = lines.map(({ label, total }) => `${label} ${full(total, unit)}`)
  return `${title}, ${stretches[0]?.label ?? ""} to ${stretches.at(-1)?.label ?? ""}. ${totals.join(", ")}.`
}

export interface NumberTable {
  head: string[]
  units: (Unit | null)[]
  rows: Cell[][]
}

/** The chart's numbers, a row a stretch of time. A file takes instants, a reader the names of the stretches. */
export function trendTable({ lines, stretches, unit, adds }: Trend, first: "label" | "at"): NumberTable {
  const summed = adds && lines.length > 1
  const rows = stretches.map((one) => {
    const values = lines.map(({ key }) => one.values[key] ?? null)
    return [one[first], ...values, ...(summed ? [sumOf(values)] : [])]
  })
  const head = [first === "at" ? "from" : "From", ...lines.map((line) => (line.key === ALL ? "All" : line.label)), ...(summed ? ["Together"] : [])]
  return { head, units: [null, ...head.slice(1).map(() => unit)], rows }
}
