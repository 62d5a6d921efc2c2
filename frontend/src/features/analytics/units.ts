import { axisTicks } from "@/lib/axis"
import { compact, exact, exactMoney, money, UNKNOWN } from "@/lib/format/numbers"
import { span } from "@/lib/format/times"

/** What a number counts, and so how it is written. */
export type Unit = "tokens" | "money" | "count" | "score" | "ratio" | "share" | "duration"

const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const hundredths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })

/** Short, for a headline or an axis. */
export function brief(value: number | null | undefined, unit: Unit): string {
  if (value == null) return UNKNOWN
  switch (unit) {
    case "money":
      return value >= 10_000 ? `$${compact(value)}` : money(value)
    case "score":
      return String(Math.round(value))
    case "ratio":
      return hundredths.format(value)
    case "share":
      return `${tenths.format(value * 100)} %`
    case "duration":
      return span(value * 1000)
    default:
      return compact(value)
  }
}

/** In full, behind the short one. */
export function full(value: number | null | undefined, unit: Unit): string {
  if (value == null) return UNKNOWN
  switch (unit) {
    case "money":
      return exactMoney(value)
    case "tokens":
      return `${exact(value)} tokens`
    case "score":
      return `${tenths.format(value)} of 100`
    case "share":
      return `${hundredths.format(value * 100)} %`
    case "duration":
      return span(value * 1000)
    default:
      return exact(value)
  }
}

/** A share in whole percent, of which nothing reads as nothing that is not. */
export function shareText(share: number | null, value: number | null): string {
  return share === 0 && value ? "< 1 %" : `${share ?? 0} %`
}

/** On an axis: dollars without cents where they are whole. */
export function onAxis(value: number, unit: Unit): string {
  return unit === "money" ? `$${compact(value)}` : brief(value, unit)
}

/** At most five round values from zero upwards that hold the largest one; of what is counted, only whole ones. */
export function axisOf(largest: number, unit: Unit): number[] {
  if (unit === "score") return [0, 25, 50, 75, 100]
  const ticks = axisTicks(largest)
  const step = ticks[1] ?? 0
  if (Number.isInteger(step) || (unit !== "count" && unit !== "tokens")) return ticks
  const whole = Math.ceil(step)
  return Array.from({ length: Math.ceil(largest / whole) + 1 }, (_, index) => index * whole)
}
