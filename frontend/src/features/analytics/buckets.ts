import { addDays, isWeekend, offsetName, wallIn } from "@/lib/zones"

import type { Bucket } from "./search"

export const MOST_TICKS = 5

/** A stretch of time as a chart names it. */
export interface Named {
  /** When it begins, as the server says it. */
  at: string
  /** Under the chart, where room is short: "14:00", "22 Nov". */
  tick: string
  /** Beside its numbers: "Sun 22 Nov, 14:00", "16 – 22 Nov". */
  label: string
}

const dayMonth = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", day: "numeric", month: "short" })
const weekday = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" })

/**
 * Names for buckets in a zone. The hour that there is twice, when clocks go back, is told apart by its offset; the one
 * that there is not, when they go forward, is not made up.
 */
export function nameBuckets(buckets: readonly string[], bucket: Bucket, zone: string): Named[] {
  const walls = buckets.map((at) => wallIn(zone, Date.parse(at)))
  const spansDays = new Set(walls.map((wall) => wall.day)).size > 1
  const named = buckets.map((at, index): Named => {
    const { day, hour, minute } = walls[index] ?? { day: "", hour: 0, minute: 0 }
    const utc = Date.parse(day)
    if (bucket === "week") return { at, tick: dayMonth.format(utc), label: dayMonth.formatRange(utc, Date.parse(addDays(day, 6))) }
    if (bucket === "day") return { at, tick: dayMonth.format(utc), label: weekday.format(utc) }
    const time = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`
    return { at, tick: spansDays && hour === 0 ? dayMonth.format(utc) : time, label: `${weekday.format(utc)}, ${time}` }
  })
  const seen = new Map<string, number>()
  for (const { label } of named) seen.set(label, (seen.get(label) ?? 0) + 1)
  return named.map((one) => ((seen.get(one.label) ?? 0) > 1 ? { ...one, label: `${one.label} ${offsetName(zone, Date.parse(one.at))}` } : one))
}

/** Which of these many are named under a chart: at most five, evenly apart, by their place. */
export function tickPlaces(count: number): number[] {
  const step = Math.max(1, Math.ceil(count / MOST_TICKS))
  return Array.from({ length: count }, (_, index) => index).filter((index) => index % step === 0)
}

/** Whether a day or hour lies on a Saturday or Sunday of the zone. */
export function onWeekend(at: string, bucket: Bucket, zone: string): boolean {
  return bucket !== "week" && isWeekend(wallIn(zone, Date.parse(at)).day)
}
