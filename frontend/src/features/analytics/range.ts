import { addDays, dayIn, daysBetween, isDay, monthOf, wallIn, type Wall } from "@/lib/zones"

import type { AnalyticsSearch, Bucket, Preset } from "./search"

/** From the first on, up to the second, which is not included: days of the page's zone, or instants. */
export interface Range {
  from: string
  to: string
}

export const PRESET_NAMES: Record<Preset, string> = {
  today: "Today",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
  month: "This month",
  "last-month": "Last month",
}

export const ORDINARY: Preset = "30d"
/** The longest range that the server answers. */
export const MOST_DAYS = 400
const MOST_BUCKETS = 2_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A preset's days; the last one of those that lead up to now is `today`. */
export function presetRange(preset: Preset, today: string): Range {
  const tomorrow = addDays(today, 1)
  switch (preset) {
    case "today":
      return { from: today, to: tomorrow }
    case "7d":
      return { from: addDays(today, -6), to: tomorrow }
    case "30d":
      return { from: addDays(today, -29), to: tomorrow }
    case "90d":
      return { from: addDays(today, -89), to: tomorrow }
    case "month":
      return { from: monthOf(today), to: tomorrow }
    case "last-month":
      return { from: monthOf(today, -1), to: monthOf(today) }
  }
}

export function rangeOf(search: Pick<AnalyticsSearch, "range" | "from" | "to">, today: string): Range {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to }
  return presetRange(search.range ?? ORDINARY, today)
}

/** How many days it takes, of an hour 1/24. */
export function daysOf({ from, to }: Range): number {
  return isDay(from) && isDay(to) ? daysBetween(from, to) : (Date.parse(to) - Date.parse(from)) / DAY_MS
}

/** Why a range of one's own cannot be shown; null where it can. The second day is included. */
export function refusal(first: string, last: string): string | null {
  if (!isDay(first) || !isDay(last)) return "Both days are needed."
  if (last < first) return "The last day lies before the first."
  return daysBetween(first, last) >= MOST_DAYS ? `At most ${MOST_DAYS} days can be shown.` : null
}

/** The stretches of time that a range can be shown in. */
export function bucketsFor(range: Range): Bucket[] {
  const days = daysOf(range)
  if (days <= 1) return ["hour"]
  return days * 24 <= MOST_BUCKETS ? ["hour", "day", "week"] : ["day", "week"]
}

/** As chosen, where the range allows it; else hours of up to two days, days of up to thirteen weeks, then weeks. */
export function bucketFor(range: Range, chosen: Bucket | undefined): Bucket {
  const days = daysOf(range)
  if (chosen && bucketsFor(range).includes(chosen)) return chosen
  return days <= 2 ? "hour" : days <= 92 ? "day" : "week"
}

/** What the page is narrowed to when somebody presses a bucket. */
export function bucketRange(at: string, next: string | undefined, bucket: Bucket, zone: string): Range {
  const day = dayIn(zone, Date.parse(at))
  if (bucket === "week") return { from: day, to: addDays(day, 7) }
  if (bucket === "day") return { from: day, to: addDays(day, 1) }
  return { from: at, to: next ?? new Date(Date.parse(at) + HOUR_MS).toISOString() }
}

export function isSameRange(a: Range, b: Range): boolean {
  return Date.parse(a.from) === Date.parse(b.from) && Date.parse(a.to) === Date.parse(b.to)
}

/** "16 – 22 Nov 2026", "22 Nov 2026", "22 Nov, 13:00 – 14:00". */
export function rangeLabel({ from, to }: Range, zone: string): string {
  if (isDay(from) && isDay(to)) return daysLabel(from, addDays(to, -1))
  const [first, last] = [wallIn(zone, Date.parse(from)), wallIn(zone, Date.parse(to))]
  if (isMidnight(first) && isMidnight(last) && first.day < last.day) return daysLabel(first.day, addDays(last.day, -1))
  const day = (one: string) => short.format(Date.parse(one))
  return `${day(first.day)}, ${clock(first)} – ${last.day === first.day ? "" : `${day(last.day)}, `}${clock(last)}`
}

const long = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" })
const short = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", day: "numeric", month: "short" })

export function daysLabel(first: string, last: string): string {
  return first === last ? long.format(Date.parse(first)) : long.formatRange(Date.parse(first), Date.parse(last))
}

function isMidnight({ hour, minute }: Wall): boolean {
  return hour === 0 && minute === 0
}

function clock({ hour, minute }: Wall): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`
}
