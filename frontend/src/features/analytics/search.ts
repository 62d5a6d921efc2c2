import type { Tool } from "@/api/types"
import { TOOLS } from "@/components/session/tools"
import { isDay, isZone } from "@/lib/zones"

export const PRESETS = ["today", "7d", "30d", "90d", "month", "last-month"] as const
export type Preset = (typeof PRESETS)[number]

/** What the numbers can be narrowed to. */
export const FILTERS = ["user", "tool", "model", "project", "tag"] as const
export type FilterKey = (typeof FILTERS)[number]

export const STACKS = ["kind", "tool", "model", "project", "user", "tag", "none"] as const
export const SPLITS = ["tool", "model", "project", "user"] as const
export const BUCKETS = ["hour", "day", "week"] as const
export const PEAKS = ["sessions", "cost", "errors"] as const
export const MEASURES = ["sessions", "cost"] as const
export const SORTS = [
  "-tokens", "tokens", "-cost", "cost", "-duration", "duration", "-health", "health", "-started_at", "started_at", "-last_activity_at", "last_activity_at",
] as const

export type Stack = (typeof STACKS)[number]
export type Split = (typeof SPLITS)[number]
export type Bucket = (typeof BUCKETS)[number]
export type Measure = "tokens" | (typeof MEASURES)[number]
export type Peak = "tokens" | (typeof PEAKS)[number]
export type Sort = (typeof SORTS)[number]

/** All that decides what the page shows. It lives in the URL, and what stands there is not the ordinary. */
export interface AnalyticsSearch {
  /** Without it, and without `from` and `to`, the last 30 days. */
  range?: Preset
  /** Days, or instants, the second not included. Always both. */
  from?: string
  to?: string
  /** Without it the team's zone. */
  tz?: string
  compare?: "off"
  weekends?: "off"
  user?: string[]
  tool?: Tool[]
  model?: string[]
  project?: string[]
  tag?: string[]
  bucket?: Bucket
  /** By what the token use is stacked; without it by kind. */
  by?: Stack
  shape?: "line"
  /** By what sessions are told apart in the ring; without it by tool. */
  split?: Split
  /** What is counted of people; without it tokens. */
  people?: (typeof MEASURES)[number]
  order?: "amount"
  peak?: (typeof PEAKS)[number]
  sort?: Sort
}

/** Reads a URL's search part; what it does not know is left out. */
export function analyticsSearch(raw: Record<string, unknown>): AnalyticsSearch {
  const search: Loose = { ...rangeIn(raw) }
  if (typeof raw.tz === "string" && isZone(raw.tz)) search.tz = raw.tz
  search.compare = oneOf(["off"], raw.compare)
  search.weekends = oneOf(["off"], raw.weekends)
  for (const key of ["user", "model", "project", "tag"] as const) search[key] = several(raw[key])
  search.tool = several(raw.tool).filter((one): one is Tool => one in TOOLS)
  search.bucket = oneOf(BUCKETS, raw.bucket)
  search.by = oneOf(STACKS, raw.by)
  search.shape = oneOf(["line"], raw.shape)
  search.split = oneOf(SPLITS, raw.split)
  search.people = oneOf(MEASURES, raw.people)
  search.order = oneOf(["amount"], raw.order)
  search.peak = oneOf(PEAKS, raw.peak)
  search.sort = oneOf(SORTS, raw.sort)
  return tidy(search)
}

export type Loose = { [key in keyof AnalyticsSearch]: AnalyticsSearch[key] | undefined }

/** The URL names only what is chosen. */
export function tidy(search: Loose): AnalyticsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length > 0)))
}

export function isNarrowed(search: AnalyticsSearch): boolean {
  return FILTERS.some((key) => search[key] !== undefined)
}

/** Everything but what it is narrowed to. */
export function unnarrowed(search: AnalyticsSearch): AnalyticsSearch {
  const none = Object.fromEntries(FILTERS.map((key) => [key, undefined]))
  return tidy({ ...search, ...none })
}

/** With this value of the filter when it was not there, without it when it was. */
export function toggled(search: AnalyticsSearch, key: FilterKey, value: string): AnalyticsSearch {
  const held = search[key] ?? []
  return tidy({ ...search, [key]: held.includes(value) ? held.filter((one) => one !== value) : [...held, value] })
}

const LONGEST_LIST = 50

function rangeIn({ range, from, to }: Record<string, unknown>): Loose {
  const preset = oneOf(PRESETS, range)
  if (preset) return { range: preset }
  return isBound(from) && isBound(to) && Date.parse(from) < Date.parse(to) ? { from, to } : {}
}

function isBound(value: unknown): value is string {
  return typeof value === "string" && (isDay(value) || (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value))))
}

function oneOf<V extends string>(values: readonly V[], value: unknown): V | undefined {
  return values.find((one) => one === value)
}

function several(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value]
  return [...new Set(values.filter((one): one is string => typeof one === "string" && one !== ""))].slice(0, LONGEST_LIST)
}
