const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
const dayAndTime = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
const dateOnly = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" })

/** Up to a day "4 min ago", then the date in the person's locale. A clock ahead of ours reads "now". */
export function ago(iso: string, now: number): string {
  const passed = now - Date.parse(iso)
  if (passed < MINUTE) return "now"
  if (passed < DAY) return `${shortSpan(passed)} ago`
  return dateOnly.format(new Date(iso))
}

/** A length of time in its largest unit that says enough: 45 s, 12 min, 3 h 20 min, 2 d 4 h. */
export function span(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / 1000))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return pair(Math.floor(ms / HOUR), "h", Math.floor((ms % HOUR) / MINUTE), "min")
  return pair(Math.floor(ms / DAY), "d", Math.floor((ms % DAY) / HOUR), "h")
}

/** As `span`, in one unit only, where room is short: 3 h, 2 d. */
export function shortSpan(ms: number): string {
  return span(ms).split(" ").slice(0, 2).join(" ")
}

/** 14:02 today, "21 Nov 14:02" before. */
export function at(iso: string, now: number): string {
  const instant = new Date(iso)
  const sameDay = instant.toDateString() === new Date(now).toDateString()
  return (sameDay ? clockTime : dayAndTime).format(instant)
}

export function date(iso: string): string {
  return dateOnly.format(new Date(iso))
}

/** The exact instant with its zone, for hovering. */
export function instant(iso: string): string {
  return full.format(new Date(iso))
}

/** How long something took or has taken so far. */
export function between(from: string, to: string | null, now: number): string {
  return span(Math.max(0, (to === null ? now : Date.parse(to)) - Date.parse(from)))
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

/** The time of day, for a clock on the wall. */
export function clock(now: number): string {
  return clockTime.format(new Date(now))
}
