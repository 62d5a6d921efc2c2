/** The calendar as a time zone has it. A day is written 2026-11-22; by the clock it may have 23, 24 or 25 hours. */

const DAY_MS = 86_400_000

export interface Wall {
  day: string
  hour: number
  minute: number
}

const readers = new Map<string, Intl.DateTimeFormat>()

/** What a clock and a calendar in the zone show at this instant. */
export function wallIn(zone: string, instant: number): Wall {
  const parts = Object.fromEntries(reader(zone).formatToParts(instant).map(({ type, value }) => [type, value]))
  return { day: `${parts.year}-${parts.month}-${parts.day}`, hour: Number(parts.hour), minute: Number(parts.minute) }
}

export function dayIn(zone: string, instant: number): string {
  return wallIn(zone, instant).day
}

/** How far the zone is ahead of UTC at this instant, as its clocks say it: "UTC+1", "UTC−3:30". */
export function offsetName(zone: string, instant: number): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(instant)
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC"
  return name.replace("GMT", "UTC").replace("-", "−")
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
}

export function addDays(day: string, count: number): string {
  return dayOf(Date.parse(day) + count * DAY_MS)
}

/** How many days lie from the first to the second. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
}

/** The first day of the day's month, so many months later. */
export function monthOf(day: string, later = 0): string {
  const [year = 0, month = 1] = day.split("-").map(Number)
  return dayOf(Date.UTC(year, month - 1 + later, 1))
}

/** 0 is Monday. */
export function weekdayOf(day: string): number {
  return (new Date(day).getUTCDay() + 6) % 7
}

export function isWeekend(day: string): boolean {
  return weekdayOf(day) >= 5
}

export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** All zones that this browser knows, by name. */
export function allZones(): string[] {
  return Intl.supportedValuesOf("timeZone")
}

function dayOf(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10)
}

function reader(zone: string): Intl.DateTimeFormat {
  const held = readers.get(zone)
  if (held) return held
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  })
  readers.set(zone, made)
  return made
}
