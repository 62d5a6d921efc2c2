import { percent } from "@/lib/format/numbers"

import { OTHER, Palette, PRIVATE } from "./colours"
import type { Measure } from "./search"
import { sumOf, type NumberTable } from "./series"
import type { Unit } from "./units"

/** The layer under ring, bars and cloud that decides: which parts, in which order, which share. It draws nothing. */

export interface PartAnswer {
  items: readonly Counted[]
  total: Figures
}

interface Figures {
  sessions: number | null
  tokens: { total: number | null }
  cost_usd: number | null
}

interface Counted extends Figures {
  key: string
  label: string
  /** Others' private sessions, all in one. */
  private: boolean
}

export interface Part {
  key: string
  label: string
  value: number | null
  share: number | null
  colour: string
  /** Whether the page can be narrowed to it. */
  isEntity: boolean
}

const MOST_PARTS = 5
export const MEASURE_UNITS: Record<Measure, Unit> = { tokens: "tokens", sessions: "count", cost: "money" }

type Name = (key: string, label: string) => string
const asItIs: Name = (_, label) => label

export function measured(row: Figures, measure: Measure): number | null {
  return { tokens: row.tokens.total, sessions: row.sessions, cost: row.cost_usd }[measure]
}

/** A ring's parts: the five largest, all others as one, others' private sessions last. Nothing has no part. */
export function ringParts(answer: PartAnswer, measure: Measure, palette: Palette, name = asItIs): Part[] {
  const value = (row: Figures) => measured(row, measure)
  const some = answer.items.filter((row) => (value(row) ?? 0) > 0)
  const own = some.filter((row) => !row.private).sort((a, b) => (value(b) ?? 0) - (value(a) ?? 0) || a.label.localeCompare(b.label))
  const [shown, rest] = [own.slice(0, MOST_PARTS), own.slice(MOST_PARTS)]
  const parts = [
    ...shown.map((row) => ({ key: row.key, label: name(row.key, row.label), value: value(row), isEntity: row.key !== "" })),
    ...(rest.length > 0 ? [{ key: OTHER, label: `Other (${rest.length})`, value: sumOf(rest.map(value)), isEntity: false }] : []),
    ...some.filter((row) => row.private).map((row) => ({ key: PRIVATE, label: row.label, value: value(row), isEntity: false })),
  ]
  const sum = sumOf(parts.map((part) => part.value))
  const colours = palette.of(parts.map((part) => part.key))
  return parts.map((part) => ({ ...part, share: percent(part.value, sum), colour: colours.get(part.key) ?? "" }))
}

export interface Bar extends Part {
  /** Its length, of 1 for the longest. */
  length: number
}

/** Bars of people: by name, unless the reader asks for the amount. Others' private sessions stand last. */
export function peopleBars(answer: PartAnswer, measure: Measure, palette: Palette, byAmount: boolean): Bar[] {
  const value = (row: Figures) => measured(row, measure)
  const own = answer.items.filter((row) => !row.private)
  const byName = (a: Counted, b: Counted) => a.label.localeCompare(b.label)
  const sorted = [...own].sort((a, b) => (byAmount ? (value(b) ?? 0) - (value(a) ?? 0) : 0) || byName(a, b))
  const rows = [...sorted, ...answer.items.filter((row) => row.private).map((row) => ({ ...row, key: PRIVATE }))]
  const longest = Math.max(0, ...rows.map((row) => value(row) ?? 0))
  const sum = sumOf(rows.map(value))
  return rows.map((row) => ({
    key: row.key,
    label: row.label,
    value: value(row),
    share: percent(value(row), sum),
    colour: palette.of([row.key]).get(row.key) ?? "",
    isEntity: !row.private,
    length: longest === 0 ? 0 : (value(row) ?? 0) / longest,
  }))
}

export interface Word {
  tag: string
  sessions: number
  /** 1 for the rarest to 5 for the most frequent. */
  weight: number
}

const MOST_WORDS = 40

/** Tags by name, each as heavy as it is frequent. */
export function cloudOf(items: readonly { key: string; sessions: number | null }[]): Word[] {
  const most = [...items].sort((a, b) => (b.sessions ?? 0) - (a.sessions ?? 0)).slice(0, MOST_WORDS)
  const counts = most.map((one) => one.sessions ?? 0)
  const [least, largest] = [Math.min(...counts), Math.max(...counts)]
  const weight = (count: number) => (largest === least ? 3 : 1 + Math.round((Math.sqrt(count - least) / Math.sqrt(largest - least)) * 4))
  return most
    .map((one) => ({ tag: one.key, sessions: one.sessions ?? 0, weight: weight(one.sessions ?? 0) }))
    .sort((a, b) => a.tag.localeCompare(b.tag))
}

type Grade = "good" | "warning" | "critical"
const GRADE_COLOURS = { good: "var(--good)", warning: "var(--warning)", critical: "var(--critical)", unknown: "var(--faint)" } as const

/** A ring's parts by health, the best first. */
export function healthParts(counts: Record<Grade | "unknown", number>, names: Record<Grade, string>): Part[] {
  const sum = counts.good + counts.warning + counts.critical + counts.unknown
  return (["good", "warning", "critical", "unknown"] as const)
    .filter((grade) => counts[grade] > 0)
    .map((grade) => ({
      key: grade,
      label: grade === "unknown" ? "Not known" : names[grade],
      value: counts[grade],
      share: percent(counts[grade], sum),
      colour: GRADE_COLOURS[grade],
      isEntity: false,
    }))
}

export function partTable(head: string, parts: readonly Part[], unit: Unit, what: string): NumberTable {
  return { head: [head, what, "Share"], units: [null, unit, "share"], rows: parts.map((part) => [part.label, part.value, part.share === null ? null : part.share / 100]) }
}
