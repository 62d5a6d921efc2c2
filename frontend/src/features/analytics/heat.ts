import type { Peak } from "./search"
import type { NumberTable } from "./series"
import type { Unit } from "./units"

/** Monday first, as the server counts. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const LEVELS = 5

export interface HeatCell {
  weekday: number
  hour: number
  value: number
  /** 0 for nothing, then 1 to 5. */
  level: number
}

export const PEAK_UNITS: Record<Peak, Unit> = { tokens: "tokens", sessions: "count", cost: "money", errors: "count" }

/** A row a weekday, a cell an hour. Saturday and Sunday are missing where they are left out. */
export function heatRows(values: readonly (readonly (number | null)[])[], weekdays: boolean): HeatCell[][] {
  const shown = values.slice(0, weekdays ? 5 : 7)
  const largest = Math.max(0, ...shown.flat().map((value) => value ?? 0))
  const level = (value: number) => (value <= 0 ? 0 : Math.max(1, Math.ceil((value / largest) * LEVELS)))
  return shown.map((row, weekday) => HOURS.map((hour) => ({ weekday, hour, value: row[hour] ?? 0, level: level(row[hour] ?? 0) })))
}

/** The busiest hour; null when there was none. */
export function busiest(rows: readonly (readonly HeatCell[])[]): HeatCell | null {
  const first = rows.flat().sort((a, b) => b.value - a.value)[0]
  return first && first.value > 0 ? first : null
}

/** "Mon 09:00 – 10:00". */
export function cellName({ weekday, hour }: Pick<HeatCell, "weekday" | "hour">): string {
  return `${WEEKDAYS[weekday] ?? ""} ${clock(hour)} – ${clock(hour + 1)}`
}

export function heatTable(rows: readonly (readonly HeatCell[])[], unit: Unit): NumberTable {
  return {
    head: ["Hour", ...rows.map((row) => WEEKDAYS[row[0]?.weekday ?? 0] ?? "")],
    units: [null, ...rows.map(() => unit)],
    rows: HOURS.map((hour) => [`${clock(hour)} – ${clock(hour + 1)}`, ...rows.map((row) => row[hour]?.value ?? null)]),
  }
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`
}
