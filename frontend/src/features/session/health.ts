import type { Grade, HealthFactor, HealthPoint } from "@/api/types"
import { compact } from "@/lib/format/numbers"
import { span } from "@/lib/format/times"

/** The layer under the health breakdown that decides: shares, losses, units, the curve. It draws nothing. */

export interface Cuts {
  warning: number
  critical: number
}

export const DEFAULT_CUTS: Cuts = { warning: 70, critical: 40 }

export interface FactorView {
  factor: HealthFactor
  label: string
  /** The value in its unit, "35 %" or "0.8 h". */
  value: string
  /** Percent of the whole weight; factors that are not known have none. */
  share: number
  /** How many points it takes off the score. */
  loss: number
  grade: Grade
}

/** The factors with their shares and what each takes off, the costliest first. */
export function prepareFactors(factors: readonly HealthFactor[], cuts: Cuts): FactorView[] {
  const whole = factors.reduce((sum, factor) => sum + factor.weight, 0)
  return factors
    .map((factor) => ({
      factor,
      label: LABELS[factor.name] ?? named(factor.name),
      value: (UNITS[factor.name] ?? compact)(factor.value),
      share: whole > 0 ? (factor.weight / whole) * 100 : 0,
      loss: whole > 0 ? ((100 - factor.score) * factor.weight) / whole : 0,
      grade: gradeOf(factor.score, cuts),
    }))
    .sort((a, b) => b.loss - a.loss || b.share - a.share || a.label.localeCompare(b.label))
}

export function gradeOf(score: number, cuts: Cuts): Grade {
  return score < cuts.critical ? "critical" : score < cuts.warning ? "warning" : "good"
}

export interface Curve {
  /** SVG paths in a box of 100 × 100; a gap where nothing was measured for long. */
  paths: string[]
  from: string
  to: string
  lowest: number
  first: number
  last: number
}

const GAP_MS = 3 * 15 * 60_000

/** The score over time; null with fewer than two measurements. */
export function prepareCurve(history: readonly HealthPoint[]): Curve | null {
  const points = [...history].sort((a, b) => a.at.localeCompare(b.at))
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < 2) return null
  const start = Date.parse(first.at)
  const length = Math.max(Date.parse(last.at) - start, 1)
  const paths: string[] = []
  let before = -Infinity
  for (const point of points) {
    const at = Date.parse(point.at)
    const place = `${round(((at - start) / length) * 100)} ${round(100 - point.score)}`
    if (at - before > GAP_MS) paths.push(`M${place}`)
    else paths.push(`${paths.pop() ?? ""}L${place}`)
    before = at
  }
  const scores = points.map((point) => point.score)
  return { paths, from: first.at, to: last.at, lowest: Math.min(...scores), first: first.score, last: last.score }
}

const LABELS: Record<string, string> = {
  context: "Context in use",
  tool_failures: "Tool failures",
  errors: "Failed model calls",
  duration: "Length of work",
  activity: "Silence",
  compactions: "Compactions",
  loops: "Repeated calls",
}

const UNITS: Record<string, (value: number) => string> = {
  context: (value) => `${Math.round(value * 100)} %`,
  tool_failures: (value) => `${Math.round(value * 100)} %`,
  duration: (value) => span(value * 3_600_000),
  activity: (value) => span(value * 60_000),
}

function named(name: string): string {
  const words = name.replaceAll("_", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
